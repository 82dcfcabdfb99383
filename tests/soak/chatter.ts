import { setTimeout as sleep } from 'node:timers/promises';
import {
  eventually,
  type Bridge,
  type ClientLog,
  type RecordedClient,
  type SentCommand,
} from '@longspan/testkit';

const ENDS: readonly string[] = ['agent_completed', 'agent_failed'];
const PAUSE_MS = 500;
const ANSWERED_WITHIN_MS = 60_000;
/** Who has asked so often leaves. An agent reads a user's events for each command: they are kept to what is usual. */
const QUESTIONS_EACH = 30;

/** Users, one after the other, who ask the agent something, wait for the end of the answer, and ask again. */
export class Chatter implements AsyncDisposable {
  readonly sent: SentCommand[] = [];
  readonly #bridge: Bridge;
  readonly #name: string;
  readonly #logs: ClientLog[] = [];
  readonly #stopping = new AbortController();
  readonly #talking: Promise<void>;
  #client: RecordedClient | undefined;

  constructor(bridge: Bridge, name: string) {
    this.#bridge = bridge;
    this.#name = name;
    this.#talking = this.#talk();
  }

  /** What each of the users has seen. */
  get logs(): readonly ClientLog[] {
    return this.#logs;
  }

  /** Drops the connection of the present user, as a lost network does. */
  cut(): void {
    this.#client?.cut();
  }

  /** Asks nothing more; resolves when the last answer has ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#talking;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#client?.[Symbol.asyncDispose]();
    await this.#talking.catch(() => undefined);
  }

  async #talk(): Promise<void> {
    for (let n = 0; !this.#stopping.signal.aborted; n += 1) await this.#talkAs(`${this.#name}-${n}`);
  }

  async #talkAs(user: string): Promise<void> {
    const { signal } = this.#stopping;
    await using client = this.#bridge.client(user);
    this.#client = client;
    let ends = 0;
    client.client.on('event', ({ type }) => {
      if (ENDS.includes(type)) ends += 1;
    });
    for (let n = 0; n < QUESTIONS_EACH && !signal.aborted; n += 1) {
      const id = `${user}-${n}`;
      const event = { type: 'chat_message', threadid: 't', data: { text: 'What is 6 * 7? count to 10' } };
      await client.client.send(event, { id });
      this.sent.push({ user, id, outcome: 'acknowledged' });
      await eventually(`${id} is answered`, () => ends > n, ANSWERED_WITHIN_MS);
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
    this.#logs.push(client.log);
  }
}
