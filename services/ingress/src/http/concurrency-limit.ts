import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from './problems.ts';

interface Slot {
  /** What keeps the slot: the answer is not out yet, work goes on. */
  readonly holders: Set<object>;
}

/**
 * Bounds the requests in work at the same time, and so the memory that their bodies take. One too many is answered
 * `overloaded` before its body is read.
 */
export class ConcurrencyLimit {
  readonly #requestsMax: number;
  readonly #slots = new Map<FastifyRequest, Slot>();

  constructor(requestsMax: number) {
    this.#requestsMax = requestsMax;
  }

  /** From now on the routes of `app` take part. */
  guard(app: FastifyInstance): void {
    app.addHook('onRequest', (request, reply, next) => {
      if (this.#slots.size >= this.#requestsMax) {
        next(new Problem('overloaded', `At most ${this.#requestsMax} requests are worked on at a time.`));
        return;
      }
      this.#slots.set(request, { holders: new Set() });
      reply.raw.once('close', this.#hold(request));
      next();
    });
  }

  /** Does a request's work, keeping its slot until the work is done, even if its client goes away meanwhile. */
  async during<Result>(request: FastifyRequest, work: () => Promise<Result>): Promise<Result> {
    const release = this.#hold(request);
    try {
      return await work();
    } finally {
      release();
    }
  }

  #hold(request: FastifyRequest): () => void {
    const slot = this.#slots.get(request);
    const holder = {};
    slot?.holders.add(holder);
    return () => {
      slot?.holders.delete(holder);
      if (slot?.holders.size === 0) this.#slots.delete(request);
    };
  }
}
