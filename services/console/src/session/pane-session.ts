import { LongspanClient, LongspanError, memoryStore, type EventMeta } from '@longspan/client';
import { parsePosition, type CloudEvent } from '@longspan/protocol';
import { fetchToken, type ConsoleConfig } from '../config/console-config.ts';
import { IDLE, stepConnection, type Connection } from '../state/connection.ts';
import type { Delivery } from '../state/delivery.ts';
import { EMPTY_PANE, extendPane, type Pane, type PaneInput } from '../state/pane.ts';
import { SlowLane } from '../state/slow-lane.ts';
import type { TimelineInput } from '../state/timeline.ts';
import { killEdge, publishBurst } from './dev-actions.ts';
import { FrameBatch } from './frame-batch.ts';
import { randomId } from './random-id.ts';

/** While reading slowly, the page takes one event in so many milliseconds. */
export const SLOW_INTERVAL_MS = 200;

/** How long the offline button keeps the client off the network, in milliseconds. */
export const OFFLINE_MS = 5_000;

/**
 * One user's pane as a store for React: a client whose callbacks end up, batched by frame, in an immutable `Pane`.
 * The client begins at the earliest event and keeps its position in memory only: the log is what a reload shows.
 */
export class PaneSession {
  readonly user: string;
  readonly config: ConsoleConfig;
  readonly #client: LongspanClient;
  readonly #batch: FrameBatch<PaneInput>;
  readonly #lane: SlowLane<TimelineInput>;
  readonly #listeners = new Set<() => void>();
  #slowTimer: ReturnType<typeof setInterval> | undefined;
  #connection: Connection = IDLE;
  #pane: Pane = EMPTY_PANE;

  constructor(user: string, config: ConsoleConfig) {
    this.user = user;
    this.config = config;
    this.#batch = new FrameBatch((inputs) => this.#take(inputs));
    this.#lane = new SlowLane((input) => this.#batch.add(input));
    this.#client = new LongspanClient({
      urls: config.edges,
      token: () => fetchToken(user),
      from: 'earliest',
      store: memoryStore(),
      name: 'console',
    });
    this.#listen();
  }

  /** Starts the client, or starts it again after the back end ended the session. */
  connect(): void {
    this.#client.connect();
  }

  /** Ends the client and all timers. */
  async close(): Promise<void> {
    clearInterval(this.#slowTimer);
    this.#listeners.clear();
    await this.#client.close();
    this.#batch.clear();
  }

  /** For useSyncExternalStore. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** For useSyncExternalStore: the same object until something changes. */
  readonly snapshot = (): Pane => this.#pane;

  /** Sends a message to the agent. It is shown at once, and its fate with it. */
  send(text: string, threadid: string): void {
    const id = randomId();
    this.#batch.add({ kind: 'send', id, threadid, text });
    this.#client.send({ type: 'chat_message', data: { text }, threadid }, { id }).then(
      () => this.#batch.add({ kind: 'send_committed', id }),
      (error: unknown) => this.#batch.add({ kind: 'send_refused', id, reason: sentence(error) }),
    );
  }

  /** Asks the agent to stop a run; its end comes as an event. */
  stop(runid: string): void {
    this.#attempt(this.#client.send({ type: 'agent_stop', data: { runid } }));
  }

  /** Drops the socket without a close handshake, as a lost network would; the client comes back by itself. */
  cut(): void {
    this.#client.disconnect();
  }

  /** Keeps the client off the network for OFFLINE_MS. */
  goOffline(): void {
    this.#client.pause(OFFLINE_MS);
  }

  /** Kills the edge that serves this pane (development mode). */
  killEdge(): void {
    const { url } = this.#connection;
    if (url !== undefined) this.#attempt(killEdge(url));
  }

  /** Publishes a burst of events for this user. */
  burst(): void {
    this.#attempt(publishBurst(this.config, this.user, randomId()));
  }

  /** Turns slow reading on or off. */
  readSlowly(slow: boolean): void {
    clearInterval(this.#slowTimer);
    this.#lane.setSlow(slow);
    if (slow) {
      this.#slowTimer = setInterval(() => {
        this.#lane.next();
        this.#showReading();
      }, SLOW_INTERVAL_MS);
    }
    this.#batch.add({
      kind: 'reading',
      reading: slow ? { kind: 'slowly', waiting: 0 } : { kind: 'at_once' },
    });
  }

  dismissNotice(): void {
    this.#batch.add({ kind: 'notice', notice: undefined });
  }

  #listen(): void {
    this.#client.on('event', (event, meta) => {
      this.#lane.offer({ kind: 'event', delivery: deliveryOf(event, meta) });
      if (this.#lane.slow) this.#showReading();
    });
    this.#client.on('gap', ({ from, to, reason }) => {
      const toPlace = parsePosition(to);
      if (toPlace) this.#lane.offer({ kind: 'gap', from, to, toPlace, reason });
    });
    this.#client.on('state', (state) => {
      const { connection, marks } = stepConnection(this.#connection, state, this.#client.url, Date.now());
      this.#connection = connection;
      this.#batch.add({ kind: 'connection', connection, position: this.#client.position });
      for (const mark of marks) this.#lane.offer(mark);
    });
    this.#client.on('error', (error) => this.#batch.add({ kind: 'notice', notice: sentence(error) }));
  }

  #showReading(): void {
    this.#batch.add({ kind: 'reading', reading: { kind: 'slowly', waiting: this.#lane.waiting } });
  }

  #attempt(action: Promise<unknown>): void {
    action.catch((error: unknown) => this.#batch.add({ kind: 'notice', notice: sentence(error) }));
  }

  #take(inputs: readonly PaneInput[]): void {
    this.#pane = extendPane(this.#pane, inputs);
    for (const listener of this.#listeners) listener();
  }
}

function deliveryOf(event: CloudEvent, meta: EventMeta): Delivery {
  return {
    event,
    epoch: parsePosition(meta.position)?.epoch ?? '',
    seq: meta.seq,
    prev: meta.prev,
    edge: meta.edge,
    replayed: meta.replayed,
    receivedAtMs: meta.receivedAt,
  };
}

function sentence(error: unknown): string {
  if (error instanceof LongspanError) return `${error.message} (${error.code})`;
  return error instanceof Error ? error.message : String(error);
}
