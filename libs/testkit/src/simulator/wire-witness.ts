import type { Entry, Start } from '@longspan/delivery';
import { SEQ_ZERO, type GapReason, type Position, type Seq } from '@longspan/protocol';
import { describe, idsOf, Reading, Violation, type Reader } from './reading.ts';

/**
 * Checks everything that an edge says on one connection, as it says it: welcomed once, where the client asked to be;
 * a `Reading` without fault; `caught_up` once and not too early. Throws a `Violation`.
 */
export class WireWitness {
  readonly #reader: Reader;
  readonly #start: Start;
  /** The history, and the user's last event in it, when the client connected. */
  readonly #line: number;
  readonly #head: Seq;
  #reading: Reading | undefined;
  #warned = false;
  #caughtUpAt: Seq | undefined;

  constructor(reader: Reader, start: Start) {
    this.#reader = reader;
    this.#start = start;
    this.#line = reader.stream.line;
    this.#head = reader.stream.eventsOf(reader.user).at(-1)?.seq ?? SEQ_ZERO;
  }

  get isCaughtUp(): boolean {
    return this.#caughtUpAt !== undefined;
  }

  /** The stream's last sequence when the edge said that all before was sent. */
  get caughtUpAt(): Seq | undefined {
    return this.#caughtUpAt;
  }

  /** Told that it reads without a round. */
  get isWarned(): boolean {
    return this.#warned;
  }

  welcome(position: Position): void {
    if (this.#reading !== undefined) throw this.#violation('welcomed twice');
    this.#reading = new Reading(this.#reader, position, this.#start);
    if (typeof this.#start !== 'object') return;
    const asked = describe(this.#start);
    this.#reading.claim(
      asked === describe(position),
      () => `welcomed at ${describe(position)}, not ${asked}`,
    );
  }

  entries(entries: readonly Entry[]): void {
    const reading = this.#welcomed();
    for (const { seq, prev, payload } of entries) {
      const event = this.#reader.stream.eventOf(payload);
      if (event === undefined) throw this.#violation('received what was never committed');
      reading.entry(event, seq, prev);
    }
  }

  gap(from: Position, to: Position, reason: GapReason): void {
    this.#welcomed().gap(from, to, reason);
  }

  caughtUp(position: Position): void {
    const reading = this.#welcomed();
    const { at } = reading;
    reading.claim(!this.isCaughtUp, () => 'caught up twice');
    reading.claim(
      describe(position) === describe(at),
      () => `caught up at ${describe(position)}, is at ${describe(at)}`,
    );
    this.#caughtUpAt = this.#reader.stream.lastSeq;
    const sameLine = this.#line === this.#reader.stream.line && at.epoch === this.#reader.stream.epoch;
    const owed = reading.missing(at.seq, sameLine ? this.#head : SEQ_ZERO);
    reading.claim(
      owed.length === 0,
      () => `caught up at ${describe(at)} without ${idsOf(owed)}, committed before it came`,
    );
    reading.caughtUp(this.#caughtUpAt);
  }

  warned(): void {
    this.#warned = true;
    // A stream made anew has to be caught up with anew.
    const fits = !this.isCaughtUp || this.#line !== this.#reader.stream.line;
    if (!fits) throw this.#violation('told that it is not caught up after it was');
  }

  checkAtRest(): void {
    if (!this.isCaughtUp) throw this.#violation('never caught up');
    // Without a round a session takes a replica's word; should that be lost as well, only coming anew shows it.
    this.#welcomed().checkAtRest(this.#warned);
  }

  #welcomed(): Reading {
    if (this.#reading === undefined) throw this.#violation('told something before its welcome');
    return this.#reading;
  }

  #violation(what: string): Violation {
    return new Violation(`${this.#reader.name} of ${this.#reader.user} ${what}`);
  }
}
