import type { Evidence, SeriesRecorder } from '@longspan/testkit';
import { drift } from './drift.ts';

const READ_EVERY_MS = 1_000;

/** Something of the running system that must not grow. */
export interface Gauge {
  readonly name: string;
  readonly unit: string;
  /** By how much its readings may drift over the time that counts. */
  readonly driftMax: number;
  /** Undefined where there is nothing to be read at the moment. */
  readonly read: () => Promise<number | undefined>;
}

/** Reads gauges again and again, keeps the readings as series of the evidence, and judges in the end. */
export class Gauges implements AsyncDisposable {
  readonly #evidence: Evidence;
  readonly #gauges: readonly Gauge[];
  readonly #timer: NodeJS.Timeout;
  readonly #countsFrom = new Map<string, number>();
  #reading: Promise<void> = Promise.resolve();

  constructor(evidence: Evidence, gauges: readonly Gauge[]) {
    this.#evidence = evidence;
    this.#gauges = gauges;
    this.#timer = setInterval(
      () => void (this.#reading = this.#reading.then(() => this.#read())),
      READ_EVERY_MS,
    );
  }

  /** What was read so far is warming up: it stays in the series, and does not count. */
  warmedUp(): void {
    for (const gauge of this.#gauges) this.#countsFrom.set(gauge.name, this.#seriesOf(gauge).points.length);
  }

  /** Stops reading, and promises for every gauge that it did not drift. */
  async judge(minutes: string): Promise<void> {
    await this[Symbol.asyncDispose]();
    for (const gauge of this.#gauges) {
      const { name, unit, driftMax } = gauge;
      const readings = this.#seriesOf(gauge).points.slice(this.#countsFrom.get(name) ?? 0);
      const drifted = drift(readings);
      const [first, last] = [readings[0]?.[1] ?? 0, readings.at(-1)?.[1] ?? 0];
      this.#evidence.promise({
        metric: `Soak: ${name}`,
        requirement: `drifts up by less than ${driftMax} ${unit} in ${minutes}`,
        achieved: `${drifted.toFixed(1)} ${unit}; from ${first} to ${last}, ${readings.length} readings`,
        holds: drifted < driftMax,
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#reading;
  }

  async #read(): Promise<void> {
    await Promise.allSettled(
      this.#gauges.map(async (gauge) => {
        const value = await gauge.read();
        if (value !== undefined) this.#seriesOf(gauge).add(value);
      }),
    );
  }

  #seriesOf({ name, unit }: Gauge): SeriesRecorder {
    return this.#evidence.series(name, unit);
  }
}
