import type { CloudEvent } from '../cloud-event.ts';

/** Events of the user, in commit order (G1), each following the one before. */
export interface Events {
  readonly type: 'events';
  readonly events: readonly DeliveredEvent[];
}

/**
 * `prev` makes loss visible: no event of this user lies between `prev` and `seq`. An entry follows a client at
 * position p if `prev <= p < seq`; `seq <= p` is a repeat, and `prev > p` means that something is missing.
 */
export interface DeliveredEvent {
  readonly seq: number;
  readonly prev: number;
  readonly event: CloudEvent;
}
