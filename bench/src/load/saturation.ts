import { setTimeout as sleep } from 'node:timers/promises';
import { now } from './clock.ts';
import type { Outlet } from './outlet.ts';

const LOOK_EVERY_MS = 1;
const STALLED_AFTER_MS = 15_000;

export interface Saturation {
  readonly outlet: Outlet;
  /** Events that all callbacks have been given so far. */
  readonly arrived: () => number;
  /** The most events that are on their way at any moment. */
  readonly window: number;
  readonly startMs: number;
  readonly warmMs: number;
  readonly lengthMs: number;
}

/**
 * Keeps the window full from the publish to the last callback, which no system can turn into a growing queue, and resolves to the
 * events a second that came through within the measured time. Rejects if nothing moves any more.
 */
export async function saturate(load: Saturation): Promise<number> {
  const { outlet, window, startMs, warmMs, lengthMs } = load;
  const [fromMs, toMs] = [startMs + warmMs, startMs + warmMs + lengthMs];
  const counter = new ThroughCounter(load);
  let first: { readonly atMs: number; readonly through: number } | undefined;
  let movedMs = now();
  let lastThrough = 0;
  for (let atMs = now(); atMs < toMs; atMs = now()) {
    const through = counter.through;
    if (through > lastThrough) [lastThrough, movedMs] = [through, atMs];
    if (atMs - movedMs > STALLED_AFTER_MS)
      throw new Error(
        `nothing came through for ${STALLED_AFTER_MS} ms: ${counter.onTheirWay} events are on their way`,
      );
    if (first === undefined && atMs >= fromMs) first = { atMs, through };
    for (let room = window - counter.onTheirWay; room > 0; room -= 1) outlet.toNext();
    await sleep(LOOK_EVERY_MS);
  }
  if (first === undefined) throw new Error('the generator was held up for the whole measurement');
  const elapsedMs = now() - first.atMs;
  return ((counter.through - first.through) / elapsedMs) * 1_000;
}

/** Counts what came through, and what is under way, from the beginning of a saturation. */
class ThroughCounter {
  readonly #outlet: Outlet;
  readonly #arrived: () => number;
  readonly #before: { readonly arrived: number; readonly attended: number };

  constructor({ outlet, arrived }: Saturation) {
    this.#outlet = outlet;
    this.#arrived = arrived;
    this.#before = { arrived: arrived(), attended: outlet.attended };
  }

  /** Delivered to callbacks; acknowledged, where nobody listens. */
  get through(): number {
    const { addressees, settled, idleSettled } = this.#outlet;
    return addressees.devices === 0 ? settled : this.#arrived() + idleSettled;
  }

  get onTheirWay(): number {
    const { addressees, unanswered, attended } = this.#outlet;
    if (addressees.devices === 0) return unanswered;
    const { arrived, attended: before } = this.#before;
    const undelivered = attended - before - (this.#arrived() - arrived) / addressees.devices;
    return Math.max(unanswered, undelivered);
  }
}
