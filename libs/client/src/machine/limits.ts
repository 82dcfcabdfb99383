/** How long a token callback or a position store may take, in milliseconds. */
export const PREPARE_TIMEOUT_MS = 30_000;

/** How long a socket may take to open, and again until it is welcomed, in milliseconds. */
export const CONNECT_TIMEOUT_MS = 10_000;

/** Two silent heartbeats and this many milliseconds mean that the connection is dead. */
export const SILENCE_SLACK_MS = 1_000;

/** After this many milliseconds live a connection has proved itself: the next attempt is made at once again. */
export const HEALTHY_AFTER_MS = 2_000;

/** Commands that may wait for their commit; one more is refused with `queue_full`. */
export const SENDS_QUEUED_MAX = 1_000;

/** And the bytes of their frames. */
export const SENDS_QUEUED_BYTES_MAX = 8 * 1024 * 1024;

/** A command that was not answered for this many milliseconds is sent again, with the same id. */
export const SEND_ANSWER_TIMEOUT_MS = 20_000;

/**
 * A client that stays behind the head for this many heartbeats, with no event coming, has lost its tail (G9); and so has
 * a successor that stays behind the client.
 */
export const TAIL_HEARTBEATS = 2;
