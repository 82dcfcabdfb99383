import type { Socket } from 'node:net';
import { Corruption } from './corruption.ts';
import type { LinkImpairment } from './impairment.ts';
import { LinkSchedule, SEGMENT_BYTES } from './link-schedule.ts';
import type { Random } from '../random.ts';

/** Takes a piece of a connection's bytes and returns what is to be passed on now. */
export type ByteFilter = (bytes: Buffer) => Buffer;

/**
 * What may be on its way in one direction. A sender that is faster than the link is not read any further: it feels the
 * slowness in its own socket, as it would on the network.
 */
const IN_FLIGHT_BYTES_MAX = 256 * 1024;

type Piece = { readonly arrivalMs: number } & (
  { readonly kind: 'bytes'; readonly bytes: Buffer } | { readonly kind: 'end' }
);

export interface LaneParts {
  readonly from: Socket;
  readonly to: Socket;
  readonly random: Random;
  readonly filter: ByteFilter | undefined;
  /** What is done to the bytes now. */
  readonly impairment: () => LinkImpairment;
  /** Nothing arrives before this moment (of `performance.now()`). */
  readonly notBeforeMs: number;
  /** The lane has passed on as many bytes as it may. */
  readonly onCut: () => void;
}

/** One direction of a proxied connection: bytes wait in a queue for their time, in order, and their sender with them. */
export class Lane {
  readonly #parts: LaneParts;
  readonly #schedule: LinkSchedule;
  readonly #corruption: Corruption;
  readonly #queue: Piece[] = [];
  #queuedBytes = 0;
  #passedBytes = 0;
  #isBlocked = false;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: LaneParts) {
    this.#parts = parts;
    this.#schedule = new LinkSchedule(parts.random, parts.notBeforeMs);
    this.#corruption = new Corruption(parts.random);
    const { from, to } = parts;
    from.on('data', (bytes: Buffer) => this.#take(bytes));
    from.on('end', () => this.#takeEnd());
    to.on('drain', () => this.#pass());
  }

  /** Bytes that it has passed on. */
  get passedBytes(): number {
    return this.#passedBytes;
  }

  get corruptedBytes(): number {
    return this.#corruption.corrupted;
  }

  /** Nothing passes any more until `unblock`; what is on its way waits. */
  block(): void {
    this.#isBlocked = true;
    this.#disarm();
    this.#parts.from.pause();
  }

  unblock(): void {
    this.#isBlocked = false;
    this.#pass();
  }

  /** Forgets what is on its way, and passes nothing any more. */
  close(): void {
    this.#isClosed = true;
    this.#disarm();
    this.#queue.length = 0;
  }

  #take(bytes: Buffer): void {
    const { filter, impairment } = this.#parts;
    const link = impairment();
    const filtered = filter ? filter(bytes) : bytes;
    if (this.#isClosed || filtered.length === 0) return;
    const arriving = this.#corruption.apply(filtered, link.corruption ?? 0);
    // A narrow link hands over packet by packet; a wide one need not be cut so small.
    const step = link.kbitPerSecond === undefined ? arriving.length : SEGMENT_BYTES;
    const nowMs = performance.now();
    for (let at = 0; at < arriving.length; at += step) {
      const piece = arriving.subarray(at, at + step);
      this.#enqueue({
        kind: 'bytes',
        bytes: piece,
        arrivalMs: this.#schedule.arrivalMs(nowMs, piece.length, link),
      });
    }
    this.#pass();
  }

  #takeEnd(): void {
    const { closeDelayMs = 0, ...link } = this.#parts.impairment();
    const arrivalMs = this.#schedule.arrivalMs(performance.now(), 0, link) + closeDelayMs;
    this.#enqueue({ kind: 'end', arrivalMs });
    this.#pass();
  }

  #enqueue(piece: Piece): void {
    this.#queue.push(piece);
    if (piece.kind === 'bytes') this.#queuedBytes += piece.bytes.length;
  }

  /** Passes on what has arrived, and sets the timer for what has not. */
  #pass(): void {
    this.#disarm();
    const { from, to } = this.#parts;
    if (this.#isBlocked || this.#isClosed) return;
    while (!to.writableNeedDrain) {
      const next = this.#queue[0];
      if (next === undefined) break;
      const waitMs = next.arrivalMs - performance.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.#pass(), waitMs);
        break;
      }
      this.#queue.shift();
      if (next.kind === 'end') to.end();
      else if (!this.#write(next.bytes)) return;
    }
    if (to.writableNeedDrain || this.#queuedBytes > IN_FLIGHT_BYTES_MAX) from.pause();
    else from.resume();
  }

  /** Returns whether the connection goes on. */
  #write(bytes: Buffer): boolean {
    const { to, impairment, onCut } = this.#parts;
    this.#queuedBytes -= bytes.length;
    const allowed = Math.max(0, (impairment().cutAfterBytes ?? Number.POSITIVE_INFINITY) - this.#passedBytes);
    const passing = bytes.subarray(0, Math.min(bytes.length, allowed));
    this.#passedBytes += passing.length;
    to.write(passing);
    if (passing.length === bytes.length && allowed > bytes.length) return true;
    onCut();
    return false;
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
