import type { ErrorCode } from '@longspan/protocol';

/** A session's sends: a token bucket for their rate, a count for those that wait for their commit. */
export class SendGate {
  readonly #perSecondMax: number;
  readonly #inFlightMax: number;
  #tokens: number;
  #filledMs: number;
  #inFlight = 0;

  constructor(perSecondMax: number, inFlightMax: number, nowMs: number) {
    this.#perSecondMax = perSecondMax;
    this.#inFlightMax = inFlightMax;
    this.#tokens = 2 * perSecondMax;
    this.#filledMs = nowMs;
  }

  /** Lets a send in, or says why not. Whoever was let in leaves by `leave`. */
  enter(nowMs: number): Extract<ErrorCode, 'rate_limited' | 'too_many_sends'> | undefined {
    const refill = ((nowMs - this.#filledMs) / 1000) * this.#perSecondMax;
    this.#tokens = Math.min(2 * this.#perSecondMax, this.#tokens + refill);
    this.#filledMs = nowMs;
    if (this.#tokens < 1) return 'rate_limited';
    if (this.#inFlight >= this.#inFlightMax) return 'too_many_sends';
    this.#tokens -= 1;
    this.#inFlight += 1;
    return undefined;
  }

  leave(): void {
    this.#inFlight -= 1;
  }
}
