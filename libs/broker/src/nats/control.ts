import type { NatsConnection } from '@nats-io/transport-node';
import type { UserId } from '@longspan/protocol';
import { BrokerError } from '../errors.ts';
import type { Control } from '../port/control.ts';
import { END_SESSIONS_FILTER, endSessionsSubject } from '../subjects.ts';
import { userOfToken } from '../user-token.ts';

const USER_TOKEN_AT = END_SESSIONS_FILTER.length - 1;
const NOTHING = new Uint8Array();

/** Orders to all edges, over core NATS: at most once, to those who are connected. */
export class NatsControl implements Control {
  readonly #nc: NatsConnection;

  constructor(nc: NatsConnection) {
    this.#nc = nc;
  }

  /** Rejects with `disconnected` if the order did not reach a server. */
  async endSessions(user: UserId): Promise<void> {
    try {
      this.#nc.publish(endSessionsSubject(user), NOTHING);
      await this.#nc.flush();
    } catch (cause) {
      throw new BrokerError('disconnected', 'the order did not reach a server', { cause });
    }
  }

  onEndSessions(handler: (user: UserId) => void): Disposable {
    const subscription = this.#nc.subscribe(END_SESSIONS_FILTER, {
      callback: (error, message) => {
        const user = error === null ? userOfToken(message.subject.slice(USER_TOKEN_AT)) : undefined;
        // Thrown from here, an exception would end the connection's read loop; from a microtask it ends the process.
        if (user !== undefined) queueMicrotask(() => handler(user));
      },
    });
    return { [Symbol.dispose]: () => subscription.unsubscribe() };
  }
}
