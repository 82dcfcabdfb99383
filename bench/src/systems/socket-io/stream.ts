/** The adapter's own default. */
export const STREAM = 'socket.io';
/**
 * Events that the stream keeps. The adapter's default of 10,000 is some seconds at the rates of this benchmark; who wants recovery to
 * work for longer raises it, as the documentation says.
 */
export const STREAM_ENTRIES = 100_000;
/** The name of the event that the application listens to. */
export const EVENT_NAME = 'event';
