import type { Context } from '@opentelemetry/api';
import type { CloudEvent, Position, UserId } from '@longspan/protocol';

/** Proof that an event is committed by a quorum (G5). */
export interface Receipt {
  readonly id: string;
  readonly position: Position;
  /** True if an event of the same source and id had been committed before; `position` is then that one's. */
  readonly duplicate: boolean;
}

export interface PublishOptions {
  /** How long to go on trying, in milliseconds. A leader election takes 4 to 9 s. */
  readonly budgetMs?: number;
  /** In which trace it happens; the active context by default. */
  readonly context?: Context;
}

/**
 * The port to the log, as publishers write it. Events of one user commit in call order (G6), across retries and
 * failovers; different users do not wait for each other.
 */
export interface Publisher extends AsyncDisposable {
  /**
   * Appends up to 1,000 events to the user's stream: all of them or, if nothing comes back within the budget,
   * perhaps all and perhaps none. Repeating the call with the same ids is safe. Rejects with a `BrokerError`:
   * `no_quorum` after the budget, `too_big`, `refused`, `closed`.
   */
  publish(user: UserId, events: readonly CloudEvent[], options?: PublishOptions): Promise<readonly Receipt[]>;
}

/** The most events one publish may carry: JetStream's limit for an atomic batch. */
export const PUBLISH_EVENTS_MAX = 1_000;
/** The default publish budget: longer than the longest leader election. */
export const PUBLISH_BUDGET_MS = 15_000;
