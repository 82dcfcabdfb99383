import { deferred, type SubscriptionImpl } from '@nats-io/nats-core/internal';
import type { Msg, NatsConnection } from '@nats-io/transport-node';

/** What the client settles when a subscription ends, for whoever iterates over it or waits for its end. */
const NEXT_MESSAGE = deferred<void>();
const END = deferred<void | Error>();

/**
 * One of very many subscriptions, as many as there are attached users: its messages go to a callback, and nobody waits
 * for its end. The client makes three promises for each, with functions to settle them, which take most of its memory:
 * here all share them.
 */
export class LeanSubscription implements Disposable {
  readonly #subscription: SubscriptionImpl;

  constructor(nc: NatsConnection, subject: string, onMessage: (error: Error | null, message: Msg) => void) {
    this.#subscription = nc.subscribe(subject, { callback: onMessage }) as SubscriptionImpl;
    this.#subscription.signal = NEXT_MESSAGE;
    this.#subscription.iterClosed = END;
    this.#subscription.closed = END;
  }

  [Symbol.dispose](): void {
    this.#subscription.unsubscribe();
  }
}
