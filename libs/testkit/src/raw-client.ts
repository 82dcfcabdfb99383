import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { gapSeen, type ClientLog, type Seen } from './audit/logs.ts';
import { Signal } from './signal.ts';
import { Stopwatch, type Timings } from './stopwatch.ts';

const RECONNECT_AFTER_MS = 50;
const WELCOME_WITHIN_MS = 10_000;
const DEAD_AFTER_HEARTBEATS = 3;

export interface RawClientOptions extends Timings {
  /** WebSocket endpoints of edges, tried in turn: `ws://127.0.0.1:8081/v1/ws`. */
  readonly endpoints: readonly string[];
  readonly user: string;
  readonly token: string;
  /** The name in the audit's log. */
  readonly name?: string;
  /** Where to begin, before there is a position; default `earliest`. */
  readonly from?: string;
}

/** What the frames from an edge carry, as far as this client looks (PROTOCOL.md, Frames). */
interface Frame {
  readonly type: string;
  readonly edge?: string;
  readonly position?: string;
  readonly heartbeatMs?: number;
  readonly events?: readonly {
    readonly seq: number;
    readonly event: { readonly id: string; readonly data?: unknown };
  }[];
  readonly from?: string;
  readonly to?: string;
  readonly reason?: string;
  readonly code?: string;
}

/**
 * A client written from PROTOCOL.md alone: JSON over a WebSocket. It resumes from its position on the next edge
 * whenever its socket ends, leaves a draining edge once another one has taken it, and believes everything that it is
 * told: it checks nothing, repairs nothing and drops nothing, so that whatever an edge does wrong is in its log.
 */
export class RawClient implements AsyncDisposable {
  readonly #options: RawClientOptions;
  readonly #seen: Seen[] = [];
  readonly #ids = new Set<string>();
  readonly #frames: Record<string, number> = {};
  readonly #changed = new Signal();
  readonly #life = new AbortController();
  readonly #stopwatch: Stopwatch;
  #socket: WebSocket | undefined;
  /** Open, to the edge that takes over from one that drains. */
  #nextSocket: WebSocket | undefined;
  #running: Promise<void> | undefined;
  #next = 0;
  #epoch = '';
  #seq = 0;
  #from: number | undefined;
  #caughtUp = false;
  #return: PromiseWithResolvers<void> | undefined;
  #edge = '';
  readonly #closes: number[] = [];
  readonly #errors: string[] = [];

  constructor(options: RawClientOptions) {
    this.#options = options;
    this.#stopwatch = new Stopwatch(options);
  }

  /** Starts to connect, and goes on until it is disposed of. */
  start(): this {
    this.#running ??= this.#run();
    return this;
  }

  /** Starts to connect and resolves when an edge has said `caught_up`. */
  async connect(): Promise<this> {
    this.start();
    await this.untilLive();
    return this;
  }

  /** What it was given, over all connections, as the audit takes it. */
  get log(): ClientLog {
    const { name, user } = this.#options;
    return { client: name ?? `raw-${user}`, user, from: this.#from ?? 0, seen: this.#seen, wire: true };
  }

  get seen(): readonly Seen[] {
    return this.#seen;
  }

  get position(): string {
    return `${this.#epoch}-${this.#seq}`;
  }

  /** Whether the present connection has been told `caught_up`. */
  get caughtUp(): boolean {
    return this.#caughtUp;
  }

  /** The name of the edge that serves it, or served it last. */
  get edge(): string {
    return this.#edge;
  }

  /** The close codes of all its connections that ended, in order; 1006 where there was none. */
  get closes(): readonly number[] {
    return this.#closes;
  }

  /** The codes of all `error` frames, in order. */
  get errors(): readonly string[] {
    return this.#errors;
  }

  /** How many frames of a type arrived, over all connections. */
  framesOf(type: string): number {
    return this.#frames[type] ?? 0;
  }

  /** Resolves when `condition` holds; looked at whenever a frame has come or a connection has ended. */
  async until(what: string, condition: () => boolean, timeoutMs = 30_000): Promise<void> {
    await this.#changed.until(`${this.log.client}: ${what}`, condition, timeoutMs);
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Resolves when the event of this id is in its log. */
  async untilSeen(id: string, timeoutMs?: number): Promise<void> {
    await this.until(`has seen ${id}`, () => this.#ids.has(id), timeoutMs);
  }

  /** Sends any frame, well formed or not. */
  send(frame: object): void {
    this.#socket?.send(JSON.stringify(frame));
  }

  /** Drops the connection without a word, as a lost network does; it then resumes on the next edge. */
  cut(): void {
    this.#caughtUp = false;
    this.#socket?.terminate();
  }

  /** Closes the connection in order and stays away. Resolves when it is closed. */
  async leave(): Promise<void> {
    this.#return ??= Promise.withResolvers();
    this.#caughtUp = false;
    this.#stopwatch.away();
    this.#socket?.close(1000);
    await this.until('has left', () => this.#socket === undefined);
  }

  /** Connects again after `leave`, where it was. */
  comeBack(): void {
    if (this.#return === undefined) return;
    this.#return.resolve();
    this.#return = undefined;
    this.#stopwatch.lost();
  }

  /** Resolves when the present connection has been told `caught_up`. */
  async untilLive(timeoutMs?: number): Promise<void> {
    await this.until('is live', () => this.#caughtUp, timeoutMs);
  }

  /** Stops taking bytes from the socket, so that the edge's writes back up, until `resume`. */
  pause(): void {
    this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#life.abort();
    this.comeBack();
    this.#nextSocket?.terminate();
    this.#socket?.terminate();
    await this.#running;
  }

  async #run(): Promise<void> {
    for (;;) {
      await this.#return?.promise;
      if (this.#life.signal.aborted) return;
      const next = this.#nextSocket;
      this.#nextSocket = undefined;
      await this.#serve(next?.readyState === WebSocket.OPEN ? next : this.#open());
      this.#caughtUp = false;
      this.#socket = undefined;
      this.#changed.notify();
      if (this.#nextSocket === undefined) await this.#pause();
    }
  }

  #open(): WebSocket {
    const { endpoints } = this.#options;
    const endpoint = endpoints[this.#next++ % endpoints.length];
    if (endpoint === undefined) throw new RangeError('a client without endpoints');
    const socket = new WebSocket(endpoint, 'longspan.v1', { handshakeTimeout: 5_000 });
    socket.on('error', () => undefined);
    return socket;
  }

  async #pause(): Promise<void> {
    await sleep(RECONNECT_AFTER_MS, undefined, { signal: this.#life.signal }).catch(() => undefined);
  }

  /** Leaves an edge that drains, as soon as one takes this client; until then it stays. */
  async #goOver(from: WebSocket): Promise<void> {
    while (this.#socket === from && !this.#life.signal.aborted) {
      const socket = this.#open();
      const isOpen = await new Promise<boolean>((resolve) => {
        socket.once('open', () => resolve(true));
        socket.once('close', () => resolve(false));
      });
      if (isOpen && this.#socket === from && !this.#life.signal.aborted) {
        this.#nextSocket = socket;
        return from.close(1000);
      }
      socket.terminate();
      await this.#pause();
    }
  }

  async #serve(socket: WebSocket): Promise<void> {
    this.#socket = socket;
    let silence: NodeJS.Timeout | undefined;
    let unwelcome: NodeJS.Timeout | undefined;
    const connect = (): void => {
      unwelcome = setTimeout(() => socket.terminate(), WELCOME_WITHIN_MS);
      const from = this.#epoch === '' ? (this.#options.from ?? 'earliest') : this.position;
      this.send({ type: 'connect', token: this.#options.token, from, client: 'raw' });
    };
    if (socket.readyState === WebSocket.OPEN) connect();
    else socket.once('open', connect);
    socket.on('message', (data: Buffer) => {
      const frame: Frame = JSON.parse(data.toString('utf8'));
      if (frame.type === 'welcome') {
        clearTimeout(unwelcome);
        const deadAfterMs = Number(frame.heartbeatMs) * DEAD_AFTER_HEARTBEATS;
        silence = setTimeout(() => {
          // A paused reader hears nothing by its own choice.
          if (socket.isPaused) silence?.refresh();
          else socket.terminate();
        }, deadAfterMs);
      }
      silence?.refresh();
      this.#take(frame, socket);
      this.#changed.notify();
    });
    const code = await new Promise<number>((resolve) => socket.once('close', resolve));
    clearTimeout(unwelcome);
    clearTimeout(silence);
    this.#closes.push(code);
    if (this.#return === undefined) this.#stopwatch.lost();
  }

  #take(frame: Frame, socket: WebSocket): void {
    this.#frames[frame.type] = this.framesOf(frame.type) + 1;
    switch (frame.type) {
      case 'welcome':
        this.#edge = String(frame.edge);
        if (this.#epoch !== '') return;
        this.#moveTo(String(frame.position));
        this.#from = this.#seq;
        return;
      case 'events':
        for (const { seq, event } of frame.events ?? []) {
          this.#seen.push({ kind: 'event', seq, id: event.id });
          this.#ids.add(event.id);
          this.#stopwatch.event(event.data);
          this.#seq = seq;
        }
        return;
      case 'gap': {
        const [from, to] = [String(frame.from), String(frame.to)];
        this.#moveTo(to);
        this.#seen.push(gapSeen(from, to, String(frame.reason)));
        return;
      }
      case 'caught_up':
        this.#caughtUp = true;
        this.#stopwatch.live();
        return;
      case 'error':
        this.#errors.push(String(frame.code));
        return;
      case 'ping':
        this.send({ type: 'pong' });
        return;
      case 'drain':
        void this.#goOver(socket);
    }
  }

  #moveTo(position: string): void {
    this.#epoch = position.slice(0, position.indexOf('-'));
    this.#seq = seqOf(position);
  }
}

function seqOf(position: string): number {
  return Number(position.slice(position.indexOf('-') + 1));
}
