/** One message on its way into a stream. */
export interface Message {
  readonly subject: string;
  /** `Nats-Msg-Id`: the same for every attempt to publish the same thing. */
  readonly msgId: string;
  readonly payload: Uint8Array;
  /** When the call to publish it was made, in milliseconds since the Unix epoch. */
  readonly publishedMs: number;
  /** W3C trace context of its creation. */
  readonly traceparent: string | undefined;
}
