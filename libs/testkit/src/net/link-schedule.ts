import type { Random } from '../random.ts';
import type { LinkImpairment } from './impairment.ts';

/** What a packet holds of a TCP stream on an Ethernet path. */
export const SEGMENT_BYTES = 1_460;
/** Bytes that pass at once after a pause, however narrow the link: the token bucket's depth. */
const BURST_BYTES = 4 * SEGMENT_BYTES;
/** TCP waits at least this long before it sends again (Linux), then twice as long each time. */
const RETRANSMIT_AFTER_MIN_MS = 200;
const RETRANSMISSIONS_MAX = 5;

/**
 * Decides when bytes that are sent now arrive at the far end of one direction of a connection. Pure: time and chance
 * come from outside. What is sent later never arrives earlier.
 */
export class LinkSchedule {
  readonly #random: Random;
  /** When the link has passed on everything that it was given so far. */
  #busyUntilMs = Number.NEGATIVE_INFINITY;
  #lastArrivalMs: number;

  /** @param notBeforeMs nothing arrives earlier, as during the handshake. */
  constructor(random: Random, notBeforeMs: number) {
    this.#random = random;
    this.#lastArrivalMs = notBeforeMs;
  }

  /** When `bytes` more bytes that are sent at `nowMs` have all arrived. */
  arrivalMs(nowMs: number, bytes: number, link: LinkImpairment): number {
    const { latencyMs = 0, jitterMs = 0, loss = 0 } = link;
    const jitter = jitterMs === 0 ? 0 : (this.#random.next() * 2 - 1) * jitterMs;
    const passedMs = this.#passedMs(nowMs, bytes, link.kbitPerSecond);
    const lostMs = loss === 0 ? 0 : this.#retransmissionMs(bytes, loss, latencyMs);
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, passedMs + Math.max(0, latencyMs + jitter) + lostMs);
    return this.#lastArrivalMs;
  }

  #passedMs(nowMs: number, bytes: number, kbitPerSecond: number | undefined): number {
    if (kbitPerSecond === undefined) return nowMs;
    const burstMs = (BURST_BYTES * 8) / kbitPerSecond;
    this.#busyUntilMs = Math.max(this.#busyUntilMs, nowMs - burstMs) + (bytes * 8) / kbitPerSecond;
    return Math.max(nowMs, this.#busyUntilMs);
  }

  #retransmissionMs(bytes: number, loss: number, latencyMs: number): number {
    let longestMs = 0;
    for (let segment = 0; segment < bytes / SEGMENT_BYTES; segment += 1) {
      let [waitMs, timeoutMs] = [0, Math.max(RETRANSMIT_AFTER_MIN_MS, 4 * latencyMs)];
      for (let tries = 0; tries < RETRANSMISSIONS_MAX && this.#random.chance(loss); tries += 1) {
        waitMs += timeoutMs;
        timeoutMs *= 2;
      }
      longestMs = Math.max(longestMs, waitMs);
    }
    return longestMs;
  }
}
