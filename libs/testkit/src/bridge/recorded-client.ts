import { LongspanClient, memoryStore, type ClientOptions, type ClientState } from '@longspan/client';
import { gapSeen, type ClientLog, type Seen } from '../audit/logs.ts';
import { Signal } from '../signal.ts';
import { Stopwatch, type Timings } from '../stopwatch.ts';

/**
 * The client library as an application uses it, and a log of what its callbacks were given, over all its connections
 * and over all the times that the application was ended and begun again.
 */
export class RecordedClient implements AsyncDisposable {
  readonly #name: string;
  readonly #user: string;
  readonly #options: ClientOptions;
  readonly #seen: Seen[] = [];
  readonly #ids = new Set<string>();
  readonly #edges: string[] = [];
  readonly #errors: string[] = [];
  readonly #changed = new Signal();
  readonly #stopwatch: Stopwatch;
  readonly #lives: LongspanClient[] = [];
  #client: LongspanClient;
  #from = 0;

  constructor(user: string, name: string, options: ClientOptions, timings: Timings = {}) {
    this.#user = user;
    this.#name = name;
    this.#options = { store: memoryStore(), ...options };
    this.#stopwatch = new Stopwatch(timings);
    this.#client = this.#begin();
  }

  /** The client of the application as it runs now, or as it ran last. */
  get client(): LongspanClient {
    return this.#client;
  }

  /** What the application was given, over all connections, as the audit takes it. */
  get log(): ClientLog {
    const stats = this.#lives.map((client) => client.stats);
    const dropped = {
      repeats: stats.reduce((sum, { repeats }) => sum + repeats, 0),
      overlaps: stats.reduce((sum, { overlaps }) => sum + overlaps, 0),
    };
    return { client: this.#name, user: this.#user, from: this.#from, seen: this.#seen, dropped };
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

  /** Drops the connection as a lost network does; the library comes back by itself. */
  cut(): void {
    this.#client.disconnect();
  }

  /** Ends the application in order. Its position is kept. */
  async leave(): Promise<void> {
    await this.#client.close();
  }

  /** Begins the application again after `leave`, where it was. */
  comeBack(): void {
    this.#client = this.#begin();
  }

  /** Resolves when `condition` holds; looked at at every event, gap and change of state. */
  async until(what: string, condition: () => boolean, timeoutMs = 30_000): Promise<void> {
    await this.#changed.until(`${this.#name}: ${what}`, condition, timeoutMs);
  }

  async untilSeen(id: string, timeoutMs?: number): Promise<void> {
    await this.until(`has seen ${id}`, () => this.#ids.has(id), timeoutMs);
  }

  /** Resolves when it is connected and has caught up. */
  async untilLive(timeoutMs?: number): Promise<void> {
    await this.until('is live', () => this.#client.state.kind === 'live', timeoutMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.close();
  }

  #begin(): LongspanClient {
    const client = new LongspanClient(this.#options);
    this.#lives.push(client);
    client.on('event', ({ id, data }, { seq, prev }) => {
      this.#stopwatch.event(data);
      if (this.#seen.length === 0 && this.#options.from !== 'earliest') this.#from = prev;
      this.#seen.push({ kind: 'event', seq, id });
      this.#ids.add(id);
      this.#changed.notify();
    });
    client.on('gap', ({ from, to, reason }) => {
      this.#seen.push(gapSeen(from, to, reason));
      this.#changed.notify();
    });
    client.on('state', (state) => {
      if (state.kind === 'live') this.#edges.push(state.edge);
      this.#time(state.kind);
      this.#changed.notify();
    });
    client.on('error', (error) => {
      this.#errors.push(`${error.code}: ${error.message}`);
    });
    client.connect();
    return client;
  }

  #time(state: ClientState['kind']): void {
    if (state === 'live') this.#stopwatch.live();
    else if (state === 'offline' || state === 'closed') this.#stopwatch.away();
    else this.#stopwatch.lost();
  }
}
