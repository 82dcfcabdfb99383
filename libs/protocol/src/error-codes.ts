interface ErrorCodeRow {
  readonly retryable: boolean;
  readonly meaning: string;
}

/**
 * The codes of `error` frames (PROTOCOL.md, Errors). An error frame never ends the session by itself; where one
 * precedes a close, the close code says so too.
 */
export const ERROR_CODES = {
  bad_event: { retryable: false, meaning: 'the event of a send frame is not acceptable' },
  event_too_big: { retryable: false, meaning: 'the event is larger than limits.eventBytes' },
  rate_limited: { retryable: true, meaning: 'more sends a second than limits.sendsPerSecond' },
  too_many_sends: { retryable: true, meaning: 'more sends wait for their commit than limits.sendsInFlight' },
  not_committed: {
    retryable: true,
    meaning: 'the log did not commit in time; the same id may be sent again',
  },
  not_caught_up: {
    retryable: true,
    meaning: 'the log has no quorum: live events may be missing until caught_up',
  },
  unauthorized: { retryable: false, meaning: 'the token is missing or not valid' },
  forbidden: { retryable: false, meaning: 'the token is for another user than the session' },
  internal: { retryable: true, meaning: 'a fault of the edge' },
} as const satisfies Record<string, ErrorCodeRow>;

export type ErrorCode = keyof typeof ERROR_CODES;
