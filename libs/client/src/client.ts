import { formatPosition, parsePosition, unreachable, type CloudEvent, type Send } from '@longspan/protocol';
import { BACKOFF_DEFAULT } from './backoff.ts';
import type { ClientOptions } from './client-options.ts';
import type { ClientState } from './client-state.ts';
import { Driver } from './driver.ts';
import { allLocal, browserEnvironment, currentPage } from './environment/browser-environment.ts';
import type { Environment } from './environment/environment.ts';
import { nodeEnvironment } from './environment/node-environment.ts';
import { Emitter } from './emitter.ts';
import { EventBuffer, ITERATOR_EVENTS_MAX, type Delivered } from './event-buffer.ts';
import type { EventMap, EventMeta, Receipt } from './event-map.ts';
import { clientError, LongspanError } from './longspan-error.ts';
import type { Effect, EntryMeta } from './machine/effect.ts';
import { welcomed } from './machine/connections.ts';
import { initialMachine, type ClientStats, type Machine } from './machine/state.ts';
import { sameView, viewOf } from './machine/view.ts';
import { PositionKeeper } from './position-keeper.ts';
import { localStorageStore, memoryStore } from './position-store.ts';
import { PendingSends, type SendOptions } from './pending-sends.ts';
import { ReceivedReport } from './received-report.ts';
import type { SocketConstructor } from './socket.ts';
import { TokenSource } from './token-source.ts';

/** The longest client name, in characters (PROTOCOL.md, connect). */
const NAME_CHARS_MAX = 64;

/**
 * One user's events, in order, once, across reconnects (PROTOCOL.md, G1-G3, G7, G9).
 * Nothing happens before `connect` and after `close`.
 */
export class LongspanClient implements AsyncDisposable {
  readonly #driver: Driver;
  readonly #environment: Environment;
  readonly #emitter: Emitter<EventMap>;
  readonly #tokens: TokenSource;
  readonly #keeper: PositionKeeper;
  readonly #buffers = new Set<EventBuffer>();
  readonly #sends: PendingSends;
  readonly #received: ReceivedReport | undefined;
  #state: ClientState = { kind: 'idle' };
  #unwatch: (() => void) | undefined;
  #stopPause: (() => void) | undefined;

  constructor(options: ClientOptions) {
    if (!options.urls.every((url) => URL.canParse(url)))
      throw new TypeError('every url must be a URL, such as https://edge.example');
    if (options.urls.length === 0) throw new TypeError('urls must name one edge at least');
    const from = options.from ?? 'latest';
    if (from !== 'latest' && from !== 'earliest' && parsePosition(from) === undefined) {
      throw new TypeError(`from must be latest, earliest or a position, not ${from}`);
    }
    const random = options.random ?? Math.random;
    const page = currentPage();
    this.#environment =
      page === undefined ? nodeEnvironment(random) : browserEnvironment(page, random, allLocal(options.urls));
    this.#emitter = new Emitter((cause, name) => this.#handlerFailed(cause, name));
    this.#tokens = new TokenSource(options.token);
    const store = options.store ?? (page === undefined ? memoryStore() : localStorageStore());
    this.#keeper = new PositionKeeper(store, this.#buffers, (error) => this.#emitter.emit('error', error));
    const machine = initialMachine({
      urls: options.urls,
      firstUrl: options.startAt ?? Math.floor(random() * options.urls.length),
      from,
      client: (options.name ?? 'longspan-client').slice(0, NAME_CHARS_MAX),
      backoff: { ...BACKOFF_DEFAULT, ...options.backoff },
      renewable: this.#tokens.renewable,
      reportReceived: options.reportReceived ?? false,
    });
    const Socket = options.WebSocket ?? (globalThis as { WebSocket?: SocketConstructor }).WebSocket;
    if (Socket === undefined) throw new TypeError('this runtime has no WebSocket: pass one as an option');
    this.#driver = new Driver(machine, this.#environment, Socket, {
      prepare: (effect) => void this.#prepare(effect),
      renew: () => void this.#renew(),
      deliver: (event, meta) => this.#deliver(event, meta),
      save: (effect) => this.#keeper.moved(effect.user, effect.position),
      settle: (id, outcome) => this.#sends.settle(id, outcome),
      tell: (effect) => this.#tell(effect),
      changed: (changed) => this.#changed(changed),
    });
    this.#received = options.reportReceived === true ? this.#newReport() : undefined;
    this.#sends = new PendingSends(this.#driver, (receipt) => this.#emitter.emit('sent', receipt));
  }

  get state(): ClientState {
    return this.#state;
  }

  /** Everything up to here was handed to the application; undefined before the first welcome. */
  get position(): string | undefined {
    const { position } = this.#driver.machine;
    return position === undefined ? undefined : formatPosition(position);
  }

  /** Whose events these are; undefined until a token or an edge says so. */
  get user(): string | undefined {
    return this.#driver.machine.user;
  }

  /** The edge that serves the client, as it is named in the options; undefined while none does. */
  get url(): string | undefined {
    return welcomed(this.#driver.machine)?.url;
  }

  get stats(): ClientStats {
    return this.#driver.machine.stats;
  }

  /** Begins, or begins again after the end. From then on the client keeps itself connected. */
  connect(): void {
    this.#unwatch ??= this.#environment.watch({
      offline: () => this.#driver.dispatch({ kind: 'hold', reason: 'network' }),
      online: () => this.#driver.dispatch({ kind: 'release', reason: 'network' }),
      visible: () => this.#driver.dispatch({ kind: 'visible' }),
      leaving: () => this.#keeper.flush(),
    });
    this.#driver.dispatch({ kind: 'connect' });
  }

  /** Adds a handler; the result removes it. An event's position is saved as soon as its handlers have returned. */
  on<Name extends keyof EventMap>(name: Name, handler: (...args: EventMap[Name]) => unknown): () => void {
    return this.#emitter.on(name, handler);
  }

  /** Adds a handler for the events of one CloudEvents type. */
  onType<Data = unknown>(
    type: string,
    handler: (event: CloudEvent<Data>, meta: EventMeta) => unknown,
  ): () => void {
    // What `data` is follows from the type, by the publisher's word.
    return this.on('event', (event, meta) =>
      event.type === type ? handler(event as CloudEvent<Data>, meta) : undefined,
    );
  }

  /**
   * The events from now on, for `for await`. An event counts as handled, and its position is saved, when the loop asks
   * for the next. A loop that falls 1,000 events behind makes the client disconnect; it comes back when the loop has
   * caught up by half, and goes on where it was: the log is the buffer. Leaving the loop drops what it has not taken.
   */
  events(options: { readonly signal?: AbortSignal } = {}): AsyncIterableIterator<Delivered, undefined> {
    const stop = () => buffer.end({ kind: 'done' });
    const buffer: EventBuffer = new EventBuffer(
      () => this.#handled(),
      () => {
        options.signal?.removeEventListener('abort', stop);
        this.#buffers.delete(buffer);
        this.#handled();
      },
    );
    this.#buffers.add(buffer);
    options.signal?.addEventListener('abort', stop);
    if (options.signal?.aborted === true) stop();
    this.#endBuffers();
    return buffer;
  }

  /**
   * Sends a command; resolves after its commit (G7). Commands keep their order: while offline they wait, and one whose
   * answer was lost is sent again with the same id. Rejects with a LongspanError when the edge refuses it for good,
   * when too many wait already, when the signal aborts (it may still be committed), or when the client is closed.
   * @param options.id 1 to 64 characters of [A-Za-z0-9_-], unique among the user's commands; random by default.
   * @param options.traceparent W3C trace context of what the application does; the command continues its trace.
   */
  send(event: Send['event'], options: SendOptions = {}): Promise<Receipt> {
    return this.#sends.send(event, options);
  }

  /** Resolves when the client is live; rejects when it is closed. */
  caughtUp(): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (state: ClientState) => {
        if (state.kind === 'live') resolve();
        else if (state.kind === 'closed') reject(clientError('closed', state.reason));
        else return false;
        return true;
      };
      if (look(this.#state)) return;
      const off = this.on('state', (state) => {
        if (look(state)) off();
      });
    });
  }

  /** Drops the connection as a network failure would, for demonstrations and tests; the client comes back by itself. */
  disconnect(): void {
    this.#driver.dispatch({ kind: 'cut' });
  }

  /** Connects now: ends a pause or a wait; a standing connection is replaced by a new one without a break. */
  reconnect(): void {
    this.#driver.dispatch({ kind: 'reconnect' });
  }

  /** Drops the connection and stays offline for so many milliseconds. */
  pause(ms: number): void {
    this.#stopPause?.();
    this.#driver.dispatch({ kind: 'hold', reason: 'paused' });
    this.#stopPause = this.#environment.after(ms, () =>
      this.#driver.dispatch({ kind: 'release', reason: 'paused' }),
    );
  }

  /** Ends the client: the connection is closed, waiting commands are rejected, the position is written. */
  async close(): Promise<void> {
    this.#driver.dispatch({ kind: 'close' });
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.#stopPause?.();
    this.#keeper.flush();
    await this.#keeper.settled();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #prepare({ id, fresh, load }: Extract<Effect, { kind: 'prepare' }>): Promise<void> {
    try {
      const held = await this.#tokens.get(fresh, this.#environment.now());
      const stored = load && held.user !== undefined ? await this.#keeper.load(held.user) : undefined;
      this.#driver.dispatch({ kind: 'prepared', id, ...held, stored });
    } catch (cause) {
      this.#driver.dispatch({ kind: 'prepare_failed', id, cause });
    }
  }

  async #renew(): Promise<void> {
    try {
      const { token, renewAt } = await this.#tokens.get(true, this.#environment.now());
      this.#driver.dispatch({ kind: 'renewed', token, renewAt });
    } catch (cause) {
      this.#driver.dispatch({ kind: 'renew_failed', cause });
    }
  }

  #deliver(event: CloudEvent, { position, prev, edge, session, replayed, receivedAt }: EntryMeta): void {
    const text = formatPosition(position);
    const meta: EventMeta = { position: text, seq: position.seq, prev, edge, session, replayed, receivedAt };
    const startedAt = this.#environment.now();
    this.#emitter.emit('event', event, meta);
    this.#received?.handled(event, session, position.seq, this.#environment.now() - startedAt);
    for (const buffer of this.#buffers) buffer.push({ event, meta }, this.#keeper.nextOrdinal);
    this.#limitBuffers();
  }

  #newReport(): ReceivedReport {
    return new ReceivedReport(
      (delayMs, action) => this.#environment.after(delayMs, action),
      (session, events) => this.#driver.dispatch({ kind: 'handled', session, events }),
    );
  }

  #tell(effect: Extract<Effect, { kind: 'gap' | 'caught_up' | 'ping' | 'report' }>): void {
    switch (effect.kind) {
      case 'gap': {
        const { from, to, reason } = effect;
        return this.#emitter.emit('gap', { from: formatPosition(from), to: formatPosition(to), reason });
      }
      case 'caught_up':
        return this.#emitter.emit('caughtUp', { position: formatPosition(effect.position) });
      case 'ping':
        return this.#emitter.emit('ping', { position: effect.position, edge: effect.edge });
      case 'report': {
        const { code, message, retryable, cause } = effect;
        const options = { retryable, ...(cause === undefined ? {} : { cause }) };
        return this.#emitter.emit('error', new LongspanError(code, message, options));
      }
      default:
        return unreachable(effect);
    }
  }

  #changed(machine: Machine): void {
    const state = viewOf(machine);
    if (sameView(state, this.#state)) return;
    this.#state = state;
    this.#emitter.emit('state', state);
    this.#endBuffers();
  }

  #endBuffers(): void {
    const state = this.#state;
    if (state.kind !== 'closed') return;
    for (const buffer of this.#buffers) {
      const isWanted = state.reason === 'application';
      buffer.end(
        isWanted ? { kind: 'done' } : { kind: 'failed', cause: clientError('closed', state.reason) },
      );
    }
  }

  #handled(): void {
    this.#keeper.saveHandled();
    this.#limitBuffers();
  }

  /** Stops reading when a loop is far behind, and goes on when all loops have room again. */
  #limitBuffers(): void {
    const longest = Math.max(0, ...[...this.#buffers].map((buffer) => buffer.size));
    const { link } = this.#driver.machine;
    const isHeld = link.kind === 'offline' && link.reasons.includes('slow_reader');
    if (!isHeld && longest >= ITERATOR_EVENTS_MAX) {
      this.#driver.dispatch({ kind: 'hold', reason: 'slow_reader' });
    } else if (isHeld && longest <= ITERATOR_EVENTS_MAX / 2) {
      this.#driver.dispatch({ kind: 'release', reason: 'slow_reader' });
    }
  }

  #handlerFailed(cause: unknown, name: keyof EventMap): void {
    if (name !== 'error') this.#emitter.emit('error', clientError('handler_failed', name, cause));
  }
}
