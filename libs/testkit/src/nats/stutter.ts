import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsNode } from './nats-node.ts';

export interface StutterOptions {
  /** How long the node stands still, in milliseconds, and how long it works in between. */
  readonly stallMs: number;
  readonly workMs: number;
}

/**
 * Makes a node as slow as a disk that hangs again and again makes it: it stands still, works, stands still, until this
 * is disposed of. From then on the node works.
 */
export class Stutter implements AsyncDisposable {
  readonly #over = new AbortController();
  readonly #running: Promise<void>;
  #stalls = 0;

  constructor(node: NatsNode, options: StutterOptions) {
    this.#running = this.#run(node, options);
  }

  /** How often the node has stood still so far. */
  get stalls(): number {
    return this.#stalls;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort();
    await this.#running;
  }

  async #run(node: NatsNode, { stallMs, workMs }: StutterOptions): Promise<void> {
    const { signal } = this.#over;
    const pause = (ms: number) => sleep(ms, undefined, { signal }).catch(() => undefined);
    while (!signal.aborted) {
      await node.freeze();
      this.#stalls += 1;
      await pause(stallMs);
      await node.thaw();
      await pause(workMs);
    }
  }
}
