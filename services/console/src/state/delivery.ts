import type { CloudEvent } from '@longspan/protocol';

/** One call of the client's event callback: the event and how it came. */
export interface Delivery {
  readonly event: CloudEvent;
  readonly epoch: string;
  readonly seq: number;
  /** The sequence of the user's event before this one. */
  readonly prev: number;
  readonly edge: string;
  /** It was read from the log on connecting and not delivered as it happened. */
  readonly replayed: boolean;
  /** When the page received it, in milliseconds of Unix time. */
  readonly receivedAtMs: number;
}
