import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** What the alarm and its thread share. */
export interface AlarmMemory {
  /** How many alarms were set. */
  readonly set: Int32Array<SharedArrayBuffer>;
  /** For how long the last one was set, in milliseconds. */
  readonly lengthMs: Float64Array<SharedArrayBuffer>;
}

/**
 * Wakes this thread to a tenth of a millisecond, where timers wake to the next whole one and that late again: a thread of its own
 * sleeps meanwhile, so that waiting costs no CPU time and holds nothing up.
 */
export class Alarm implements AsyncDisposable {
  readonly #thread: Worker;
  readonly #memory: AlarmMemory;

  private constructor(thread: Worker, memory: AlarmMemory) {
    this.#thread = thread;
    this.#memory = memory;
  }

  static async start(): Promise<Alarm> {
    const memory: AlarmMemory = {
      set: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)),
      lengthMs: new Float64Array(new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT)),
    };
    const thread = new Worker(new URL('alarm-thread.ts', import.meta.url), {
      workerData: memory,
      execArgv: [],
    });
    await once(thread, 'online');
    return new Alarm(thread, memory);
  }

  /** Resolves after so many milliseconds and fractions. One at a time. */
  async pause(ms: number): Promise<void> {
    const { set, lengthMs } = this.#memory;
    const rung = once(this.#thread, 'message');
    lengthMs[0] = ms;
    Atomics.add(set, 0, 1);
    Atomics.notify(set, 0);
    await rung;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#thread.terminate();
  }
}
