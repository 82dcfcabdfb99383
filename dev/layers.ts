import type { Runnable } from './supervised-process.ts';

/**
 * The running parts of the system, in layers that stand on each other: the last layer is stopped first. What is added while it stops
 * is stopped at once.
 */
export class Layers {
  readonly #layers: Runnable[][] = [];
  #isStopping = false;

  /** Adds parts that may be stopped at the same time. */
  add(...parts: readonly Runnable[]): void {
    this.#layers.push([...parts]);
    if (this.#isStopping) for (const part of parts) part.kill();
  }

  /** Stops the layers one after another. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const layer of this.#layers.toReversed()) await Promise.all(layer.map((part) => part.stop()));
  }

  /** Ends everything at once. */
  kill(): void {
    this.#isStopping = true;
    for (const part of this.#layers.flat()) part.kill();
  }
}
