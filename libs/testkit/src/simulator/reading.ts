import {
  SEQ_ZERO,
  unreachable,
  type GapReason,
  type Position,
  type Seq,
  type UserId,
} from '@longspan/protocol';
import type { Start } from '@longspan/delivery';
import type { SimulatedEvent, SimulatedStream } from './simulated-stream.ts';

/** A promise of the product was broken. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

export interface Reader {
  /** For messages. */
  readonly name: string;
  readonly user: UserId;
  readonly stream: SimulatedStream;
  /** It came with a position that it made up, past the end of the stream. */
  readonly forged: boolean;
  /** Puts together what several connections were told, each of whose gaps was judged on its own. */
  readonly secondHand: boolean;
}

const NO_CLAIM = Number.MAX_SAFE_INTEGER as Seq;
const END = Number.MAX_SAFE_INTEGER as Seq;

/**
 * Where a reader stands in its user's stream, checked against the truth at each move: every event once, in order, and
 * none left out without a gap that the log justifies (G1, G2, G3, G4). Throws a `Violation`.
 */
export class Reading {
  readonly #reader: Reader;
  #at: Position;
  /** It asked for all that is kept and has had nothing yet: what is discarded is not missing. */
  #fromEarliest: boolean;
  /**
   * Up to here, what is discarded is not missing: a reader that came without a position, or was put back to a
   * beginning, has a claim to what is kept only, until it has caught up.
   */
  #claimsAfter: Seq;

  constructor(reader: Reader, at: Position, start: Start) {
    this.#reader = reader;
    this.#at = at;
    this.#fromEarliest = start === 'earliest';
    this.#claimsAfter = typeof start === 'object' ? SEQ_ZERO : NO_CLAIM;
  }

  get at(): Position {
    return this.#at;
  }

  /** It names its place from now on, and a place has no "all that is kept". */
  resume(): void {
    this.#fromEarliest = false;
  }

  entry(event: SimulatedEvent, seq: Seq, prev: Seq): void {
    const at = this.#at;
    const { user } = this.#reader;
    this.claim(event.user === user, () => `received another user's event ${event.id}`);
    this.claim(event.seq === seq, () => `received ${event.id} as ${seq}`);
    this.claim(seq > at.seq, () => `received ${event.id} at ${describe(at)}: out of order`);
    this.claim(prev <= at.seq, () => `received ${event.id} after ${prev} at ${describe(at)}: broken chain`);
    const lost = this.missing(at.seq, (seq - 1) as Seq, event.line);
    this.claim(lost.length === 0, () => `received ${event.id} at ${describe(at)} without ${idsOf(lost)}`);
    this.#fromEarliest = false;
    this.#claimsAfter = SEQ_ZERO;
    this.#at = { epoch: at.epoch, seq };
  }

  gap(from: Position, to: Position, reason: GapReason): void {
    const at = this.#at;
    const told = () => `told a gap from ${describe(from)} to ${describe(to)} at ${describe(at)}: ${reason}`;
    this.claim(from.epoch === at.epoch && from.seq === at.seq, told);
    this.claim(this.#isJustified(from, to, reason), () => `${told()}, unjustified`);
    this.#at = to;
    this.#fromEarliest = false;
    this.#claimsAfter = reason === 'expired' ? SEQ_ZERO : NO_CLAIM;
  }

  /** @param lastSeq the stream's last sequence when the edge said so: it may be another stream by the time it is heard. */
  caughtUp(lastSeq: Seq): void {
    this.#fromEarliest = false;
    this.#claimsAfter = Math.min(this.#claimsAfter, lastSeq) as Seq;
  }

  /** The events between two places that are neither delivered nor excused. */
  missing(after: Seq, upTo: Seq = END, line = this.#reader.stream.line): readonly SimulatedEvent[] {
    const { stream, user } = this.#reader;
    const between = stream.eventsBetween(user, after, upTo, line);
    return between.length === 0 ? between : between.filter((event) => !this.#isExcused(event));
  }

  /** At rest, with everything repaired and sent, it has had everything. */
  checkAtRest(mayBePastEnd: boolean): void {
    const at = this.#at;
    const { stream } = this.#reader;
    this.claim(at.epoch === stream.epoch, () => `rests in epoch ${at.epoch}`);
    this.claim(mayBePastEnd || at.seq <= stream.lastSeq, () => `rests at ${describe(at)}, past the end`);
    const lost = this.missing(at.seq);
    this.claim(lost.length === 0, () => `rests at ${describe(at)} without ${idsOf(lost)}`);
  }

  claim(holds: boolean, otherwise: () => string): void {
    if (!holds) throw new Violation(`${this.#reader.name} of ${this.#reader.user} ${otherwise()}`);
  }

  #isJustified(from: Position, to: Position, reason: GapReason): boolean {
    const { stream, forged } = this.#reader;
    switch (reason) {
      case 'reset':
        return from.epoch !== to.epoch && to.seq === SEQ_ZERO;
      case 'rewound': {
        const rolledBackTo = stream.rolledBackTo(from.epoch);
        return forged || (rolledBackTo !== undefined && from.seq > rolledBackTo);
      }
      case 'expired': {
        // What was told before a stream was made anew or lost its tail cannot be looked up any more.
        if (from.epoch !== stream.epoch || to.seq > stream.lastSeq) return true;
        if (to.seq <= from.seq || this.#fromEarliest) return false;
        const between = stream.eventsBetween(this.#reader.user, from.seq, to.seq);
        const nothingKept = between.every((event) => stream.isDiscarded(event));
        const after = stream.eventsBetween(this.#reader.user, from.seq, END);
        // Where as many events as are ever kept follow, or age may have been at work, nobody can tell any more
        // whether the reader's own event was the last one discarded.
        const uncertain = after.length >= stream.keepPerUser || from.seq < stream.ageFloor;
        return (
          (nothingKept && (uncertain || this.#reader.secondHand)) ||
          stream.rolledBackTo(from.epoch) !== undefined
        );
      }
      default:
        return unreachable(reason);
    }
  }

  #isExcused(event: SimulatedEvent): boolean {
    return event.seq <= this.#claimsAfter && this.#reader.stream.isDiscarded(event);
  }
}

export function idsOf(events: readonly SimulatedEvent[]): string {
  return events.map((event) => event.id).join(', ');
}

export function describe({ epoch, seq }: Position): string {
  return `${epoch}-${seq}`;
}
