import { LongspanClient, type ClientOptions } from '@longspan/client';
import type { ClientLog, Seen } from '../audit/logs.ts';
import { Signal } from '../signal.ts';
import { Stopwatch, type Timings } from '../stopwatch.ts';

/** The client library as an application uses it, and a log of what its callbacks were given. */
export class RecordedClient implements AsyncDisposable {
  readonly client: LongspanClient;
  readonly #name: string;
  readonly #user: string;
  readonly #seen: Seen[] = [];
  readonly #ids = new Set<string>();
  readonly #edges: string[] = [];
  readonly #errors: string[] = [];
  readonly #changed = new Signal();
  #from = 0;

  constructor(user: string, name: string, options: ClientOptions, timings: Timings = {}) {
    this.#user = user;
    this.#name = name;
    this.client = new LongspanClient(options);
    const stopwatch = new Stopwatch(timings);
    this.client.on('event', ({ id, data }, { seq, prev }) => {
      stopwatch.event(data);
      if (this.#seen.length === 0 && options.from !== 'earliest') this.#from = prev;
      this.#seen.push({ kind: 'event', seq, id });
      this.#ids.add(id);
      this.#changed.notify();
    });
    this.client.on('gap', ({ from, to, reason }) => {
      this.#seen.push({ kind: 'gap', from: seqOf(from), to: seqOf(to), reason });
      this.#changed.notify();
    });
    this.client.on('state', (state) => {
      if (state.kind === 'live') {
        this.#edges.push(state.edge);
        stopwatch.live();
      } else if (state.kind === 'offline') stopwatch.away();
      else stopwatch.lost();
      this.#changed.notify();
    });
    this.client.on('error', (error) => {
      this.#errors.push(`${error.code}: ${error.message}`);
    });
    this.client.connect();
  }

  /** What the application was given, over all connections, as the audit takes it. */
  get log(): ClientLog {
    return { client: this.#name, user: this.#user, from: this.#from, seen: this.#seen };
  }

  get seen(): readonly Seen[] {
    return this.#seen;
  }

  /** The names of the edges that served it, one for each time it became live. */
  get edges(): readonly string[] {
    return this.#edges;
  }

  /** What the library reported by its `error` event. */
  get errors(): readonly string[] {
    return this.#errors;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Resolves when `condition` holds; looked at at every event, gap and change of state. */
  async until(what: string, condition: () => boolean, timeoutMs = 30_000): Promise<void> {
    await this.#changed.until(`${this.#name}: ${what}`, condition, timeoutMs);
  }

  async untilSeen(id: string, timeoutMs?: number): Promise<void> {
    await this.until(`has seen ${id}`, () => this.#ids.has(id), timeoutMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
  }
}

function seqOf(position: string): number {
  return Number(position.slice(position.indexOf('-') + 1));
}
