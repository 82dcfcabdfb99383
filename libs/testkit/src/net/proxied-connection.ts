import type { Socket } from 'node:net';
import type { Random } from '../random.ts';
import type { Drop, Impairment } from './impairment.ts';
import { Lane, type ByteFilter } from './lane.ts';

/** Which way the bytes flow, seen from the one who connected. */
export type Direction = 'up' | 'down';
const DIRECTIONS = ['up', 'down'] as const;

export interface ConnectionParts {
  /** The socket of the one who connected. */
  readonly inner: Socket;
  /** The socket towards the target. */
  readonly outer: Socket;
  readonly random: Random;
  readonly filter: ByteFilter | undefined;
  /** What the network does now. */
  readonly impairment: () => Impairment;
  /** Called once, when it no longer joins the two. */
  readonly onGone: () => void;
}

/** A connection through the proxy: two sockets, and a lane each way between them. */
export class ProxiedConnection {
  readonly #parts: ConnectionParts;
  readonly #lanes: Readonly<Record<Direction, Lane>>;
  #isStranded = false;
  #isGone = false;
  #dropTimer: NodeJS.Timeout | undefined;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    const { inner, outer, random, filter, impairment } = parts;
    const { up, down } = impairment();
    // TCP's own handshake takes a round trip before the first byte; the one with the proxy took none.
    const notBeforeMs = performance.now() + (up?.latencyMs ?? 0) + (down?.latencyMs ?? 0);
    this.#lanes = {
      up: new Lane({
        from: inner,
        to: outer,
        random,
        filter: undefined,
        impairment: () => impairment().up ?? {},
        notBeforeMs,
        onCut: () => this.#cut(inner, outer),
      }),
      down: new Lane({
        from: outer,
        to: inner,
        random,
        filter,
        impairment: () => impairment().down ?? {},
        notBeforeMs: 0,
        onCut: () => this.#cut(outer, inner),
      }),
    };
    this.#tie(inner, outer);
    this.#tie(outer, inner);
    this.#awaitDrop(random.next());
  }

  /** The network has changed: disconnects come at its new rate, from a moment of this connection's own. */
  renewed(): void {
    clearTimeout(this.#dropTimer);
    this.#awaitDrop(this.#parts.random.next());
  }

  get corruptedBytes(): number {
    return this.#lanes.up.corruptedBytes + this.#lanes.down.corruptedBytes;
  }

  /** Lets nothing pass in the directions of the set, and everything in the others, unless it is dark for good. */
  block(blocked: ReadonlySet<Direction>): void {
    for (const direction of DIRECTIONS) {
      if (this.#isStranded || blocked.has(direction)) this.#lanes[direction].block();
      else this.#lanes[direction].unblock();
    }
  }

  drop(how: Drop): void {
    const { inner, outer } = this.#parts;
    switch (how) {
      case 'reset':
        this.#leave();
        inner.resetAndDestroy();
        outer.resetAndDestroy();
        return;
      case 'end':
        this.#leave();
        inner.destroySoon();
        outer.destroySoon();
        return;
      case 'silence':
        this.#isStranded = true;
        this.block(new Set(DIRECTIONS));
    }
  }

  /** The sender is reset, the receiver gets the end after what has passed. */
  #cut(sender: Socket, receiver: Socket): void {
    this.#leave();
    sender.resetAndDestroy();
    receiver.destroySoon();
  }

  #tie(from: Socket, to: Socket): void {
    from.setNoDelay(true);
    // A reset is what this is for; the other side is told by the 'close' handler.
    from.on('error', () => undefined);
    from.on('close', () => {
      if (this.#isGone) return;
      // What an orderly end leaves on its way still arrives, and the end after it.
      const isOrderly = from.readableEnded && !from.errored;
      if (isOrderly && !to.destroyed) return;
      this.#leave();
      to.resetAndDestroy();
    });
  }

  #leave(): void {
    this.#isGone = true;
    clearTimeout(this.#dropTimer);
    this.#lanes.up.close();
    this.#lanes.down.close();
    this.#parts.onGone();
  }

  /** @param phase where in the period it begins, from 0 to 1. */
  #awaitDrop(phase: number): void {
    const { disconnects } = this.#parts.impairment();
    if (disconnects === undefined || this.#isGone) return;
    const { everyMs, share, drops = ['reset'] } = disconnects;
    this.#dropTimer = setTimeout(() => {
      const { random } = this.#parts;
      if (random.chance(share)) this.drop(random.pick(drops));
      else this.#awaitDrop(1);
    }, everyMs * phase);
  }
}
