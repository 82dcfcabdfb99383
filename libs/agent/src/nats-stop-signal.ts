import { BrokerError } from '@longspan/broker';
import { parseUserId, type UserId } from '@longspan/protocol';
import {
  NoRespondersError,
  RequestError,
  TimeoutError,
  type Msg,
  type NatsConnection,
} from '@nats-io/transport-node';
import { isRunId } from './run-id.ts';
import type { StopSignal } from './stop-signal.ts';

const STOP_PREFIX = 'ctl.stop.';

/** The stop signal over core NATS: a request on `ctl.stop.<run>`, which all workers hear and the holder answers. */
export class NatsStopSignal implements StopSignal {
  readonly #nc: NatsConnection;

  constructor(nc: NatsConnection) {
    this.#nc = nc;
  }

  async request(user: UserId, runid: string, timeoutMs: number): Promise<boolean> {
    try {
      await this.#nc.request(`${STOP_PREFIX}${runid}`, user, { timeout: timeoutMs });
      return true;
    } catch (error) {
      const nobody = error instanceof TimeoutError || error instanceof NoRespondersError;
      if (nobody || (error instanceof RequestError && error.isNoResponders())) return false;
      throw new BrokerError('disconnected', 'the stop could not be sent', { cause: error });
    }
  }

  serve(stop: (user: UserId, runid: string) => Promise<boolean>): Disposable {
    const subscription = this.#nc.subscribe(`${STOP_PREFIX}*`, {
      callback: (error, message) => {
        if (error === null) void answer(message, stop);
      },
    });
    return { [Symbol.dispose]: () => subscription.unsubscribe() };
  }
}

/** A throw inside a subscription's callback would end the connection's read loop: nothing may escape from here. */
async function answer(message: Msg, stop: (user: UserId, runid: string) => Promise<boolean>): Promise<void> {
  const runid = message.subject.slice(STOP_PREFIX.length);
  // Whose run it is travels along: nobody can stop the run of another user by naming it (G4).
  const user = parseUserId(message.string());
  if (user === undefined || !isRunId(runid)) return;
  try {
    if (await stop(user, runid)) message.respond();
  } catch {
    // Not ended: silence makes the asker end it.
  }
}
