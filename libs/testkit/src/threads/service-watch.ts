import type { SeriesRecorder } from '../evidence/evidence.ts';
import type { Inspector } from './inspector.ts';

const EVERY_MS = 1_000;
const RESOLUTION_MS = 10;

export interface WatchSeries {
  /** The longest delay of the event loop within each second, in milliseconds. */
  readonly loopDelay: SeriesRecorder;
  /** The heap in use, in MiB. */
  readonly heap: SeriesRecorder;
}

/** Measures a service's event loop and heap, second by second, from inside its process. */
export class ServiceWatch implements AsyncDisposable {
  readonly #inspector: Inspector;
  readonly #series: WatchSeries;
  readonly #timer: NodeJS.Timeout;
  #sampling = Promise.resolve();
  #stopped = false;
  #loopDelayMaxMs = 0;

  static async start(inspector: Inspector, series: WatchSeries): Promise<ServiceWatch> {
    await inspector.evaluate(`{
      const { monitorEventLoopDelay } = process.getBuiltinModule('node:perf_hooks');
      globalThis.testkitLoopDelay = monitorEventLoopDelay({ resolution: ${RESOLUTION_MS} });
      testkitLoopDelay.enable();
    }`);
    return new ServiceWatch(inspector, series);
  }

  private constructor(inspector: Inspector, series: WatchSeries) {
    this.#inspector = inspector;
    this.#series = series;
    this.#timer = setInterval(() => {
      this.#sampling = this.#sampling.then(() => this.#sample());
    }, EVERY_MS);
  }

  /** The longest delay of the service's event loop so far, in milliseconds. */
  get loopDelayMaxMs(): number {
    return this.#loopDelayMaxMs;
  }

  /** Ends the measurement with a last look. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#sampling;
    await this.#sample();
    await this.#inspector.evaluate('testkitLoopDelay.disable()');
  }

  async #sample(): Promise<void> {
    const [delayMs, heapMiB] = numbersIn(
      // A delay that is just over is only known at the timer's next tick.
      await this.#inspector.evaluate(`new Promise((resolve) => setTimeout(() => {
        resolve([testkitLoopDelay.max / 1e6, process.memoryUsage().heapUsed / 2 ** 20]);
        testkitLoopDelay.reset();
      }, ${2 * RESOLUTION_MS}))`),
    );
    // What is recorded is the time between two ticks of a timer: its period is no delay.
    const loopDelayMs = Math.max(0, (delayMs ?? 0) - RESOLUTION_MS);
    this.#loopDelayMaxMs = Math.max(this.#loopDelayMaxMs, loopDelayMs);
    this.#series.loopDelay.add(loopDelayMs);
    this.#series.heap.add(heapMiB ?? 0);
  }
}

function numbersIn(value: unknown): readonly number[] {
  return Array.isArray(value) ? value.map(Number) : [];
}
