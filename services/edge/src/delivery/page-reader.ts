import type { EventLog, Page, PageLimit } from '@longspan/broker';
import { pauseMs } from '@longspan/delivery';
import type { Seq, UserId } from '@longspan/protocol';
import { setTimeout as pause } from 'node:timers/promises';

export interface ReadRequest {
  readonly user: UserId;
  readonly from: Seq;
  /** Above 0, the read waits a little: an earlier one found a replica behind. */
  readonly attempt: number;
}

/** Reads pages for the machines: after their pause, and undefined where the log did not answer. */
export class PageReader {
  readonly #log: EventLog;
  readonly #limit: PageLimit;

  constructor(log: EventLog, limit: PageLimit) {
    this.#log = log;
    this.#limit = limit;
  }

  async read({ user, from, attempt }: ReadRequest): Promise<Page | undefined> {
    if (attempt > 0) await pause(pauseMs(attempt, Math.random()), undefined, { ref: false });
    try {
      return await this.#log.page(user, from, this.#limit);
    } catch {
      // The machine asks again, more slowly each time, for as long as its session is there.
      return undefined;
    }
  }
}
