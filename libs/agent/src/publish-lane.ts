import { setTimeout as sleep } from 'node:timers/promises';
import {
  BrokerError,
  PUBLISH_BUDGET_MS,
  PUBLISH_EVENTS_MAX,
  type Publisher,
  type Receipt,
} from '@longspan/broker';
import type { CloudEvent, UserId } from '@longspan/protocol';
import { trace, type Context } from '@opentelemetry/api';
import { AgentError } from './errors.ts';
import { retryDelayMs } from './retry-delay.ts';

/** The most events that may wait in one lane. */
export const LANE_EVENTS_MAX = 10_000;
/** Below this, in milliseconds, a publish has no chance to come back. */
const BUDGET_MIN_MS = 1;
/** A lane waits a tenth of what a command does: 100 ms, 200 ms, up to 3 s. */
const LANE_RETRY_SHARE = 0.1;

export interface LaneEntry {
  readonly events: readonly CloudEvent[];
  /** In which trace it is published. */
  readonly context: Context;
  /** How much longer this entry may be tried, in milliseconds; asked before every try. */
  readonly remainingMs: () => number;
  readonly resolve: (receipts: readonly Receipt[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The events of one user that one publisher has under way: one group at a time, and what was added meanwhile goes as
 * the next group. A group that could not be committed is tried again, with the same ids, before anything behind it:
 * that keeps call order also when a publish budget runs out, which a retry by the caller would not (G6).
 */
export class PublishLane {
  readonly #publisher: Publisher;
  readonly #user: UserId;
  readonly #onIdle: () => void;
  readonly #queue: LaneEntry[] = [];
  #waiting = 0;
  #idle: Promise<void> = Promise.resolve();
  #working = false;

  /** @param onIdle told whenever the lane has run dry. */
  constructor(publisher: Publisher, user: UserId, onIdle: () => void) {
    this.#publisher = publisher;
    this.#user = user;
    this.#onIdle = onIdle;
  }

  /** Resolves when nothing is under way any more. */
  get idle(): Promise<void> {
    return this.#idle;
  }

  add(entry: LaneEntry): void {
    if (this.#waiting + entry.events.length > LANE_EVENTS_MAX) {
      entry.reject(
        new AgentError('overloaded', `more than ${LANE_EVENTS_MAX} events wait for this user`, {
          retryable: true,
        }),
      );
      return;
    }
    this.#waiting += entry.events.length;
    this.#queue.push(entry);
    if (!this.#working) {
      this.#working = true;
      this.#idle = this.#work();
    }
  }

  async #work(): Promise<void> {
    // What is added in the same turn of the event loop belongs in the first group.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const group = this.#takeGroup();
      for (const entry of group) this.#waiting -= entry.events.length;
      await this.#commit(group);
    }
    this.#working = false;
    this.#onIdle();
  }

  #takeGroup(): readonly LaneEntry[] {
    let events = 0;
    let count = 0;
    for (const entry of this.#queue) {
      events += entry.events.length;
      if (count > 0 && (events > PUBLISH_EVENTS_MAX || !sameSpan(entry.context, this.#queue[0]?.context)))
        break;
      count += 1;
    }
    return this.#queue.splice(0, count);
  }

  async #commit(group: readonly LaneEntry[]): Promise<void> {
    let open = group;
    let failure: unknown = new BrokerError('no_quorum', 'no time was left to publish');
    for (let attempt = 1; ; attempt++) {
      open = open.filter((entry) => {
        const alive = entry.remainingMs() > 0;
        if (!alive) entry.reject(failure);
        return alive;
      });
      if (open.length === 0) return;
      try {
        await this.#publish(open);
        return;
      } catch (error) {
        failure = error;
        if (!(error instanceof BrokerError && error.retryable)) break;
        await sleep(retryDelayMs(attempt, LANE_RETRY_SHARE));
      }
    }
    // One of them is not acceptable. Alone, each gets its own verdict.
    if (open.length > 1) for (const entry of open) await this.#commit([entry]);
    else open[0]?.reject(failure);
  }

  async #publish(group: readonly LaneEntry[]): Promise<void> {
    const budgetMs = Math.min(PUBLISH_BUDGET_MS, Math.max(...group.map((entry) => entry.remainingMs())));
    const context = group[0]?.context;
    const receipts = await this.#publisher.publish(
      this.#user,
      group.flatMap((entry) => entry.events),
      { budgetMs: Math.max(BUDGET_MIN_MS, budgetMs), ...(context === undefined ? {} : { context }) },
    );
    let from = 0;
    for (const entry of group) {
      entry.resolve(receipts.slice(from, (from += entry.events.length)));
    }
  }
}

/** What happens in different spans is not published by one call. */
function sameSpan(one: Context, other: Context | undefined): boolean {
  if (one === other) return true;
  const [a, b] = [trace.getSpanContext(one), other && trace.getSpanContext(other)];
  return a?.spanId === b?.spanId && a?.traceId === b?.traceId && a?.traceFlags === b?.traceFlags;
}
