import { SEQ_ZERO, unreachable, type Position, type Seq, type UserId } from '@longspan/protocol';
import type { Entry } from '../entry.ts';
import type { Start } from '../session.ts';
import type { EdgeModel } from './edge-model.ts';
import type { LogModel, ModelEvent } from './log-model.ts';
import { describe, type Frame, type SessionModel } from './session-model.ts';

/** A promise of the product was broken. */
export class Violation extends Error {}

/** One connection of a client. */
interface Connection {
  readonly edge: EdgeModel;
  readonly session: SessionModel;
  /** The history, and the user's last event in it, when the client connected. */
  readonly line: number;
  readonly head: Seq;
  welcomed: boolean;
  /** Told that it reads without a round. */
  warned: boolean;
  caughtUp: boolean;
}

const NO_CLAIM = Number.MAX_SAFE_INTEGER as Seq;

type Gap = Extract<Frame, { readonly type: 'gap' }>;

/**
 * A client that comes, goes and comes back with its last position, and checks everything it is told against the log:
 * every event once, in order, none left out without a gap that the log justifies (G1, G2, G3, G4), and `caught_up`
 * once a connection and never too early.
 */
export class ClientModel {
  readonly name: string;
  readonly user: UserId;
  readonly #log: LogModel;
  readonly #seen = new Set<string>();
  #start: Start;
  #at: Position | undefined;
  /** It asked for all that is kept and has had nothing yet: what is discarded is not missing. */
  #fromEarliest = false;
  /**
   * Up to here, what is discarded is not missing: a client that came without a position, or was put back to a
   * beginning, has a claim to what is kept only, until it has caught up.
   */
  #claimsAfter: Seq = SEQ_ZERO;
  /** It came with a position that it made up, past the end of the stream. */
  readonly #forged: boolean;
  #connection: Connection | undefined;

  constructor(name: string, user: UserId, start: Start, log: LogModel) {
    this.name = name;
    this.user = user;
    this.#start = start;
    this.#log = log;
    this.#forged = typeof start === 'object' && start.epoch === log.epoch && start.seq > log.lastSeq;
  }

  get connection(): Connection | undefined {
    return this.#connection;
  }

  connect(edge: EdgeModel, name: string): void {
    const start = this.#at ?? this.#start;
    const head = this.#log.eventsOf(this.user).at(-1)?.seq ?? SEQ_ZERO;
    const session = edge.attach(this.user, name, start);
    // Coming back it names a place, and a place has no "all that is kept".
    this.#fromEarliest = false;
    this.#claimsAfter = SEQ_ZERO;
    this.#connection = {
      edge,
      session,
      line: this.#log.line,
      head,
      welcomed: false,
      warned: false,
      caughtUp: false,
    };
  }

  disconnect(): void {
    this.#connection?.edge.detach(this.#connection.session);
    this.#connection = undefined;
  }

  receive(frame: Frame): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    switch (frame.type) {
      case 'welcome':
        return this.#onWelcome(connection, frame.position);
      case 'entries':
        for (const entry of frame.entries) this.#onEntry(entry);
        return;
      case 'gap':
        return this.#onGap(frame);
      case 'caught_up':
        return this.#onCaughtUp(connection, frame.position);
      case 'not_caught_up':
        connection.warned = true;
        // A stream made anew has to be caught up with anew.
        return this.#claim(
          !connection.caughtUp || connection.line !== this.#log.line,
          'told that it is not caught up after it was',
        );
      default:
        return unreachable(frame);
    }
  }

  /** At rest, with everything repaired and sent, it has had everything and knows it. */
  checkAtRest(): void {
    this.#claim(this.#connection?.caughtUp === true, 'never caught up');
    const at = this.#atNow();
    this.#claim(at.epoch === this.#log.epoch, `rests in epoch ${at.epoch}`);
    // Without a round a session takes a replica's word; should that be lost as well, only coming anew shows it.
    const isPastEnd = at.seq > this.#log.lastSeq && this.#connection?.warned !== true;
    this.#claim(!isPastEnd, `rests at ${describe(at)}, past the end`);
    const missing = this.#eventsBetween(at.seq, Number.MAX_SAFE_INTEGER as Seq).filter(
      (event) => !this.#isExcused(event),
    );
    this.#claim(missing.length === 0, `rests at ${describe(at)} without ${idsOf(missing)}`);
  }

  #onWelcome(connection: Connection, position: Position): void {
    this.#claim(!connection.welcomed, 'welcomed twice');
    connection.welcomed = true;
    if (this.#at !== undefined) {
      this.#claim(describe(position) === describe(this.#at), `welcomed at ${describe(position)}`);
      return;
    }
    this.#at = position;
    this.#fromEarliest = this.#start === 'earliest';
    this.#claimsAfter = typeof this.#start === 'object' ? SEQ_ZERO : NO_CLAIM;
  }

  #onEntry({ seq, prev, payload }: Entry): void {
    const at = this.#atNow();
    const event = this.#log.eventOf(payload);
    if (event === undefined) throw this.#violation('received what was never committed');
    this.#claim(event.user === this.user, `received another user's event ${event.id}`);
    this.#claim(event.seq === seq, `received ${event.id} as ${seq}`);
    this.#claim(!this.#seen.has(event.id), `received ${event.id} twice`);
    this.#claim(seq > at.seq, `received ${event.id} at ${describe(at)}: out of order`);
    this.#claim(prev <= at.seq, `received ${event.id} after ${prev} at ${describe(at)}: the chain is broken`);
    const passed = this.#eventsBetween(at.seq, (seq - 1) as Seq, event.line);
    const lost = passed.filter((other) => !this.#isExcused(other));
    this.#claim(lost.length === 0, `received ${event.id} at ${describe(at)} without ${idsOf(lost)}`);
    this.#seen.add(event.id);
    this.#fromEarliest = false;
    this.#claimsAfter = SEQ_ZERO;
    this.#at = { epoch: at.epoch, seq };
  }

  #onGap(gap: Gap): void {
    const at = this.#atNow();
    this.#claim(
      describe(gap.from) === describe(at),
      `told a gap from ${describe(gap.from)} at ${describe(at)}`,
    );
    this.#claim(
      this.#isJustified(gap),
      `told an unjustified gap to ${describe(gap.to)} at ${describe(at)}: ${gap.reason}`,
    );
    this.#at = gap.to;
    this.#fromEarliest = false;
    this.#claimsAfter = gap.reason === 'expired' ? SEQ_ZERO : NO_CLAIM;
  }

  #isJustified({ from, to, reason }: Gap): boolean {
    const log = this.#log;
    switch (reason) {
      case 'reset':
        return from.epoch !== to.epoch && to.seq === SEQ_ZERO;
      case 'rewound': {
        const rolledBackTo = log.rolledBackTo(from.epoch);
        return this.#forged || (rolledBackTo !== undefined && from.seq > rolledBackTo);
      }
      case 'expired': {
        // What was told before a stream was made anew or lost its tail cannot be looked up any more.
        if (from.epoch !== log.epoch || to.seq > log.lastSeq) return true;
        if (to.seq <= from.seq || this.#fromEarliest) return false;
        const kept = this.#eventsBetween(from.seq, to.seq).filter((event) => !log.isDiscarded(event));
        const after = this.#eventsBetween(from.seq, Number.MAX_SAFE_INTEGER as Seq);
        // Where as many events as are ever kept follow, or age may have been at work, nobody can tell any more
        // whether the reader's own event was the last one discarded.
        const uncertain = after.length >= log.keepPerUser || from.seq < log.ageFloor;
        return (kept.length === 0 && uncertain) || log.rolledBackTo(from.epoch) !== undefined;
      }
      default:
        return unreachable(reason);
    }
  }

  #onCaughtUp(connection: Connection, position: Position): void {
    const at = this.#atNow();
    this.#claim(!connection.caughtUp, 'caught up twice');
    this.#claim(
      describe(position) === describe(at),
      `caught up at ${describe(position)}, is at ${describe(at)}`,
    );
    connection.caughtUp = true;
    const sameLine = connection.line === this.#log.line && at.epoch === this.#log.epoch;
    const owed = this.#eventsBetween(at.seq, sameLine ? connection.head : SEQ_ZERO).filter(
      (event) => !this.#isExcused(event),
    );
    this.#claim(
      owed.length === 0,
      `caught up at ${describe(at)} without ${idsOf(owed)}, committed before it came`,
    );
    this.#fromEarliest = false;
    this.#claimsAfter = Math.min(this.#claimsAfter, this.#log.lastSeq) as Seq;
  }

  #isExcused(event: ModelEvent): boolean {
    return event.seq <= this.#claimsAfter && this.#log.isDiscarded(event);
  }

  #eventsBetween(after: Seq, upTo: Seq, line = this.#log.line): readonly ModelEvent[] {
    const events = this.#log.eventsOf(this.user, line);
    let start = events.length;
    while (start > 0 && (events[start - 1]?.seq ?? 0) > after) start--;
    return events.slice(start).filter((event) => event.seq <= upTo);
  }

  #atNow(): Position {
    if (this.#at === undefined) throw this.#violation('told something before its welcome');
    return this.#at;
  }

  #claim(holds: boolean, otherwise: string): void {
    if (!holds) throw this.#violation(otherwise);
  }

  #violation(what: string): Violation {
    return new Violation(`client ${this.name} of ${this.user} ${what}`);
  }
}

function idsOf(events: readonly ModelEvent[]): string {
  return events.map((event) => event.id).join(', ');
}
