import { isSampled, RECEIVED_EVENTS_MAX, type CloudEvent, type Received } from '@longspan/protocol';

/** What is reported is gathered for this long, in milliseconds. */
const GATHER_MS = 200;

/**
 * Gathers what the application has had of events whose trace is kept, for the session that brought them. What there is
 * no room for is left out: a report is for whoever looks at a trace, and nothing waits for it.
 */
export class ReceivedReport {
  readonly #after: (delayMs: number, action: () => void) => () => void;
  readonly #report: (session: string, events: Received['events']) => void;
  #session = '';
  #events: (readonly [number, number])[] = [];
  #gathering = false;

  constructor(
    after: (delayMs: number, action: () => void) => () => void,
    report: (session: string, events: Received['events']) => void,
  ) {
    this.#after = after;
    this.#report = report;
  }

  /** @param handledMs how long the handlers took. */
  handled(event: CloudEvent, session: string, seq: number, handledMs: number): void {
    if (typeof event.traceparent !== 'string' || !isSampled(event.traceparent)) return;
    if (session !== this.#session) this.#tell();
    if (this.#events.length >= RECEIVED_EVENTS_MAX) return;
    this.#session = session;
    this.#events.push([seq, Math.max(0, handledMs)]);
    if (this.#gathering) return;
    this.#gathering = true;
    this.#after(GATHER_MS, () => {
      this.#gathering = false;
      this.#tell();
    });
  }

  #tell(): void {
    const events = this.#events;
    this.#events = [];
    if (events.length > 0) this.#report(this.#session, events);
  }
}
