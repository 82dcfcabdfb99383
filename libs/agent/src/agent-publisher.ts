import { PUBLISH_EVENTS_MAX, type Publisher, type Receipt } from '@longspan/broker';
import type { UserId } from '@longspan/protocol';
import { context as contexts, type Context } from '@opentelemetry/api';
import { elapsedClock } from './elapsed-clock.ts';
import { AgentError } from './errors.ts';
import { completeEvent, type EventDraft } from './event-draft.ts';
import { PublishLane } from './publish-lane.ts';

/** How long a publish is tried before it fails, in milliseconds: several leader elections. */
const PUBLISH_GIVE_UP_MS = 60_000;

export interface AgentPublisherOptions {
  /** The CloudEvents `source` of events that name none. Same source and id: same event, so let replicas share it. */
  readonly source: string;
}

export interface PublishCall {
  /** How much longer it may be tried, in milliseconds; asked before every try. `PUBLISH_GIVE_UP_MS` in all by default. */
  readonly remainingMs?: () => number;
  /** In which trace it happens; the active context by default. */
  readonly context?: Context;
}

/**
 * Publishes events for users. Calls for one user commit in call order, also across retries and failovers; users do
 * not wait for each other. Events that are published while others are under way travel together, so there is nothing
 * to batch outside. The port's publisher stays the caller's: this object does not close it.
 */
export class AgentPublisher implements AsyncDisposable {
  readonly source: string;
  readonly #publisher: Publisher;
  readonly #lanes = new Map<UserId, PublishLane>();
  readonly #now = elapsedClock();
  #closed = false;

  constructor(publisher: Publisher, options: AgentPublisherOptions) {
    this.#publisher = publisher;
    this.source = options.source;
  }

  /**
   * Resolves after the commit by a quorum with one receipt for each event, in order. Rejects with a `BrokerError` of
   * the port (after `no_quorum` it is unknown whether the events will be committed: publishing them again with the
   * same ids is safe) or an `AgentError`: `overloaded`, `closed`, `too_many_events`.
   */
  publish(
    user: UserId,
    drafts: EventDraft | readonly EventDraft[],
    call: PublishCall = {},
  ): Promise<readonly Receipt[]> {
    const list = isList(drafts) ? drafts : [drafts];
    if (this.#closed) return Promise.reject(new AgentError('closed', 'the publisher is closed'));
    if (list.length === 0) return Promise.resolve([]);
    if (list.length > PUBLISH_EVENTS_MAX) {
      const message = `one call takes up to ${PUBLISH_EVENTS_MAX} events`;
      return Promise.reject(new AgentError('too_many_events', message));
    }
    const now = new Date();
    const events = list.map((draft) => completeEvent(draft, this.source, now));
    const deadline = this.#now() + PUBLISH_GIVE_UP_MS;
    const remainingMs = call.remainingMs ?? (() => deadline - this.#now());
    const context = call.context ?? contexts.active();
    return new Promise((resolve, reject) => {
      this.#lane(user).add({ events, context, remainingMs, resolve, reject });
    });
  }

  #lane(user: UserId): PublishLane {
    const known = this.#lanes.get(user);
    if (known !== undefined) return known;
    const lane = new PublishLane(this.#publisher, user, () => this.#lanes.delete(user));
    this.#lanes.set(user, lane);
    return lane;
  }

  /** Takes nothing more, and resolves when everything taken is committed or has failed. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#lanes.values()].map((lane) => lane.idle));
  }
}

function isList(drafts: EventDraft | readonly EventDraft[]): drafts is readonly EventDraft[] {
  return Array.isArray(drafts);
}
