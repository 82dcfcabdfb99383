import { entryBytes, type Entry, type SessionHost, type Start, type Wire } from '@longspan/delivery';
import {
  CLOSE_CODES,
  formatPosition,
  type CloseReason,
  type ErrorCode,
  type Events,
  type DownFrame,
  type GapReason,
  type Position,
  type UpFrame,
  type UserId,
} from '@longspan/protocol';
import { Violation } from './reading.ts';
import type { Surroundings } from './surroundings.ts';
import type { WireWitness } from './wire-witness.ts';

type SingleFrame = Exclude<DownFrame, Events>;

/** What comes to a client. */
export type Downward =
  | { readonly type: 'opened' }
  | { readonly type: 'frame'; readonly frame: SingleFrame }
  | { readonly type: 'entries'; readonly entries: readonly Entry[] }
  | { readonly type: 'closed'; readonly code: number };

/** The edge's end of a connection. */
export interface EdgeEnd {
  readonly name: string;
  /** The client's first frame came. */
  attach(connection: SimulatedConnection, user: UserId, start: Start): SessionHost;
  detach(user: UserId, session: SessionHost): void;
}

const FRAME_BYTES = 64;
/** Frames without entries are not counted against the outbox (G8); a few of them go before entries. */
const SLACK_BYTES = 4 * FRAME_BYTES;
export const HEARTBEAT_MS = 10_000;
const LIMITS = { frameBytes: 327_680, eventBytes: 262_144, sendsPerSecond: 20, sendsInFlight: 32 };
const SILENT_BEATS_MAX = 2;
const ABNORMAL = 1006;

/**
 * A socket between a client and an edge, with its two directions and its two ends: each may learn of the other's end
 * late, or only by silence. As the edge's `Wire` it has a witness check each word.
 */
export class SimulatedConnection implements Wire {
  readonly id: number;
  readonly user: UserId;
  readonly edge: EdgeEnd;
  readonly #around: Surroundings;
  readonly #newWitness: (start: Start) => WireWitness;
  #witness: WireWitness | undefined;
  #session: SessionHost | undefined;
  /** Waits to leave the edge. */
  #outbox: Downward[] = [];
  #waitingBytes = 0;
  #toClient: Downward[] = [{ type: 'opened' }];
  #toEdge: { readonly frame: UpFrame; readonly start: Start }[] = [];
  #edgeOpen = true;
  #clientOpen = true;
  /** Nothing comes through any more, and nobody says so. */
  #blackhole = false;
  #silentBeats = 0;

  constructor(
    parts: {
      readonly id: number;
      readonly user: UserId;
      readonly edge: EdgeEnd;
      readonly newWitness: (start: Start) => WireWitness;
    },
    around: Surroundings,
  ) {
    this.id = parts.id;
    this.user = parts.user;
    this.edge = parts.edge;
    this.#newWitness = parts.newWitness;
    this.#around = around;
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  get session(): SessionHost | undefined {
    return this.#session;
  }

  get witness(): WireWitness | undefined {
    return this.#witness;
  }

  get isOpenAtEdge(): boolean {
    return this.#edgeOpen;
  }

  get isGone(): boolean {
    return !this.#edgeOpen && !this.#clientOpen;
  }

  /** Sound, with nothing under way. */
  get isQuiet(): boolean {
    return this.#edgeOpen && !this.#blackhole && this.#outbox.length + this.#toClient.length === 0;
  }

  get canSend(): boolean {
    return this.#outbox.length > 0 && !this.#blackhole;
  }

  get canReachClient(): boolean {
    return this.#clientOpen && this.#toClient.length > 0;
  }

  get canReachEdge(): boolean {
    return this.#edgeOpen && this.#toEdge.length > 0;
  }

  /** The edge's socket sends the next thing. */
  send(): void {
    const next = this.#outbox.shift();
    if (next === undefined) return;
    this.#waitingBytes -= bytesOf(next);
    if (this.#clientOpen) this.#toClient.push(next);
    this.#session?.drained();
  }

  /** The client's socket has the next thing. */
  takeForClient(): Downward | undefined {
    const next = this.#toClient.shift();
    if (next?.type === 'closed') this.#clientOpen = false;
    return next;
  }

  /** The client sends; `start` is what `from` means in a connect frame. */
  transmit(frame: UpFrame, start: Start): void {
    if (this.#edgeOpen && !this.#blackhole) this.#toEdge.push({ frame, start });
  }

  /** The edge's socket has the next thing. */
  reachEdge(): void {
    const next = this.#toEdge.shift();
    this.#silentBeats = 0;
    if (next?.frame.type !== 'connect' || this.#session !== undefined) return;
    this.#witness = this.#newWitness(next.start);
    this.#session = this.edge.attach(this, this.user, next.start);
  }

  /** The edge's heartbeat. */
  beat(): void {
    if (this.#session === undefined || !this.#edgeOpen) return;
    if (this.#silentBeats >= SILENT_BEATS_MAX) return this.close('silent');
    this.#silentBeats++;
    this.ping(this.#session.position());
  }

  /** The client is done with it; the edge learns of it at some later step, or by silence. */
  dropByClient(tells: boolean): void {
    this.#clientOpen = false;
    this.#toClient = [];
    if (tells) this.#around.later(ALWAYS, 'an edge learns that a client left', () => this.leave());
    else this.#blackhole = true;
  }

  /** The network breaks it: part of what is under way still comes, and each end learns of it. */
  cut(): void {
    this.#around.coverage.cuts++;
    this.#toClient.length = this.#around.random.below(this.#toClient.length + 1);
    this.#toClient.push({ type: 'closed', code: ABNORMAL });
    this.#outbox = [];
    this.#around.later(ALWAYS, 'an edge learns of a cut', () => this.leave());
    this.#blackhole = true;
  }

  /** The network swallows everything from now on: both ends find out by silence alone. */
  swallow(): void {
    this.#around.coverage.halfOpen++;
    this.#blackhole = true;
    this.#toClient = [];
    this.#toEdge = [];
  }

  /** The edge's process is gone. */
  edgeDied(): void {
    this.#edgeOpen = false;
    this.#session = undefined;
    if (!this.#blackhole) this.cut();
  }

  /** The edge's end is over. */
  leave(): void {
    if (!this.#edgeOpen) return;
    this.#edgeOpen = false;
    if (this.#session !== undefined) this.edge.detach(this.user, this.#session);
    this.#session = undefined;
  }

  welcome(session: string, user: UserId, position: Position): void {
    this.#judge((witness) => witness.welcome(position));
    this.#frame({
      type: 'welcome',
      session,
      edge: this.edge.name,
      user,
      position: formatPosition(position),
      heartbeatMs: HEARTBEAT_MS,
      limits: LIMITS,
    });
  }

  entries(entries: readonly Entry[]): void {
    this.#judge((witness) => witness.entries(entries));
    const { bytesMax } = this.#around.limits;
    const isBounded =
      entries.length === 1 || this.#waitingBytes + entriesBytes(entries) <= bytesMax + SLACK_BYTES;
    if (!isBounded)
      this.#around.broken(new Violation(`connection ${this.id} of ${this.user} holds more than it may`));
    this.#push({ type: 'entries', entries });
  }

  gap(from: Position, to: Position, reason: GapReason): void {
    const { coverage } = this.#around;
    coverage[reason === 'expired' ? 'expiredGaps' : reason === 'reset' ? 'resetGaps' : 'rewoundGaps']++;
    this.#judge((witness) => witness.gap(from, to, reason));
    this.#frame({ type: 'gap', from: formatPosition(from), to: formatPosition(to), reason });
  }

  caughtUp(position: Position): void {
    this.#around.coverage.caughtUp++;
    this.#judge((witness) => witness.caughtUp(position));
    this.#frame({ type: 'caught_up', position: formatPosition(position) });
  }

  error(code: ErrorCode, message: string): void {
    this.#around.coverage.warnings++;
    this.#judge((witness) => witness.warned());
    this.#frame({ type: 'error', code, message, retryable: true });
  }

  ping(position: Position): void {
    this.#frame({ type: 'ping', position: formatPosition(position) });
  }

  drain(reconnectWithinMs: number): void {
    this.#frame({ type: 'drain', reconnectWithinMs });
  }

  close(reason: CloseReason): void {
    this.#push({ type: 'closed', code: CLOSE_CODES[reason].code });
    this.leave();
  }

  /** What the witness objects to ends the run, not the edge. */
  #judge(hear: (witness: WireWitness) => void): void {
    if (this.#witness === undefined || !this.#edgeOpen) return;
    try {
      hear(this.#witness);
    } catch (error) {
      this.#around.broken(error);
    }
  }

  #frame(frame: SingleFrame): void {
    this.#push({ type: 'frame', frame });
  }

  #push(next: Downward): void {
    if (!this.#edgeOpen) return;
    const { trace } = this.#around;
    trace?.(`${this.edge.name} to connection ${this.id} of ${this.user}: ${brief(next)}`);
    this.#outbox.push(next);
    this.#waitingBytes += bytesOf(next);
    if (this.#session?.kind === 'lagging') this.#around.coverage.lagging++;
  }
}

/** The network outlives every process. */
const ALWAYS = { alive: true };

function bytesOf(next: Downward): number {
  return next.type === 'entries' ? entriesBytes(next.entries) : FRAME_BYTES;
}

function entriesBytes(entries: readonly Entry[]): number {
  let bytes = 0;
  for (const entry of entries) bytes += entryBytes(entry);
  return bytes;
}

function brief(next: Downward): string {
  if (next.type === 'entries')
    return `entries ${next.entries.map(({ seq, prev }) => `${prev}>${seq}`).join(' ')}`;
  if (next.type !== 'frame') return JSON.stringify(next);
  const { frame } = next;
  return frame.type === 'welcome' ? `welcome ${frame.position}` : JSON.stringify(frame);
}
