import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, type Bridge, type RecordedClient, type SentCommand } from '@longspan/testkit';

const ENDS: readonly string[] = ['agent_completed', 'agent_failed'];
const PAUSE_MS = 500;
const ANSWERED_WITHIN_MS = 60_000;

/** A user who asks the agent something, waits for the end of the answer, and asks again. */
export class Chatter implements AsyncDisposable {
  readonly client: RecordedClient;
  readonly sent: SentCommand[] = [];
  readonly #user: string;
  #ends = 0;
  readonly #stopping = new AbortController();
  readonly #talking: Promise<void>;

  constructor(bridge: Bridge, user: string) {
    this.#user = user;
    this.client = bridge.client(user);
    this.client.client.on('event', ({ type }) => {
      if (ENDS.includes(type)) this.#ends += 1;
    });
    this.#talking = this.#talk();
  }

  /** Asks nothing more; resolves when the last answer has ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#talking;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.client[Symbol.asyncDispose]();
    await this.#talking.catch(() => undefined);
  }

  async #talk(): Promise<void> {
    const { signal } = this.#stopping;
    for (let n = 0; !signal.aborted; n += 1) {
      const id = `${this.#user}-${n}`;
      const event = { type: 'chat_message', threadid: 't', data: { text: 'What is 6 * 7? count to 10' } };
      await this.client.client.send(event, { id });
      this.sent.push({ user: this.#user, id, outcome: 'acknowledged' });
      await eventually(`${id} is answered`, () => this.#ends > n, ANSWERED_WITHIN_MS);
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
