/** Server-Sent Events. */
export const EVENT_STREAM = 'text/event-stream';
