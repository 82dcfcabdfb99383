/**
 * A durable command to the back end (G7). Answered by `sent` after its commit, or by an `error` with the same id.
 * Sending the same id again within the log's duplicate window is harmless.
 */
export interface Send {
  readonly type: 'send';
  /** Chosen by the client, unique among the user's commands; 1 to 64 characters of [A-Za-z0-9_-]. */
  readonly id: string;
  readonly event: {
    readonly type: string;
    readonly data?: unknown;
    readonly threadid?: string;
  };
  /** W3C trace context of what the client does; the command continues its trace. What is none is not looked at. */
  readonly traceparent?: string;
}
