import type { Heads, LoggedEvent, Page, PageLimit, RangePage, ShardId } from '@longspan/broker';
import { SEQ_ZERO, type CloudEvent, type Epoch, type Seq, type UserId } from '@longspan/protocol';
import type { Random } from '../random.ts';

/** A committed event. Whoever receives its payload or its CloudEvent can be asked where it came from. */
export interface SimulatedEvent {
  readonly id: string;
  readonly user: UserId;
  readonly seq: Seq;
  /** What the log says the user's previous event was: 0 if none was kept. */
  readonly prev: Seq;
  /** The history that the event belongs to: a new one begins when the stream is made anew or loses its tail. */
  readonly line: number;
  /** The stream that it was committed to, which began with the history of this number. */
  readonly streamLine: number;
  readonly payload: Uint8Array;
  /** No time passes in a log that only orders. */
  readonly publishedMs: 0;
  readonly cloudEvent: CloudEvent;
}

/** A copy of the stream: a prefix of the log, from which age has taken the oldest. */
interface Replica {
  applied: Seq;
  aged: Seq;
}

/** What was committed between two disasters, in order, and for each user. */
interface History {
  readonly all: SimulatedEvent[];
  readonly ofUser: Map<UserId, SimulatedEvent[]>;
}

const NONE: readonly SimulatedEvent[] = [];
/** Payloads are views of one buffer: their content is never looked at, their identity is. */
const CONTENT = new ArrayBuffer(256 * 1024);

/**
 * One shard's stream: what was committed, in order, and what each replica has of it and still keeps. It promises
 * what `EventLog` promises and no more: reads come from any replica, which may be behind, and even moves on between
 * the events of one read. Age never takes two neighbours between two steps of one read (see `contiguous`).
 */
export class SimulatedStream {
  readonly shard: ShardId;
  readonly keepPerUser: number;
  readonly replicas: readonly Replica[];
  /** The replica that commits and republishes. */
  leader = 0;
  hasQuorum = true;
  epoch: Epoch = 'e0' as Epoch;
  line = 0;
  #streamLine = 0;
  lastSeq: Seq = SEQ_ZERO;
  /** Nothing above this has been discarded for its age. */
  ageFloor: Seq = SEQ_ZERO;
  readonly #histories: History[] = [{ all: [], ofUser: new Map() }];
  /** What had been discarded when its history ended. */
  readonly #discarded = new Set<SimulatedEvent>();
  /** Floors that answers under way carry. */
  readonly #floorsHeld = new Map<symbol, Seq>();
  readonly #byPayload = new Map<Uint8Array, SimulatedEvent>();
  readonly #byId = new Map<string, SimulatedEvent>();
  /** Per epoch, the lowest sequence that the stream was rolled back to. */
  readonly #rolledBackTo = new Map<Epoch, Seq>();

  constructor(shard: ShardId, keepPerUser: number, replicas: number) {
    this.shard = shard;
    this.keepPerUser = keepPerUser;
    this.replicas = Array.from({ length: replicas }, () => ({ applied: SEQ_ZERO, aged: SEQ_ZERO }));
  }

  commit(user: UserId, bytes: number): SimulatedEvent {
    const events = this.eventsOf(user);
    const [start, end] = this.#kept(this.#leader(), events);
    const prev = start < end ? (events[end - 1]?.seq ?? SEQ_ZERO) : SEQ_ZERO;
    const seq = this.#nextSeq();
    const id = `${user}/${this.line}/${seq}`;
    const event: SimulatedEvent = {
      id,
      user,
      seq,
      prev,
      line: this.line,
      streamLine: this.#streamLine,
      payload: new Uint8Array(CONTENT, 0, bytes),
      publishedMs: 0,
      cloudEvent: { specversion: '1.0', id, source: '/simulator', type: 'event' },
    };
    const history = this.#history(this.line);
    history.all.push(event);
    const ofUser = history.ofUser.get(user);
    if (ofUser === undefined) history.ofUser.set(user, [event]);
    else ofUser.push(event);
    this.#byPayload.set(event.payload, event);
    this.#byId.set(id, event);
    return event;
  }

  commitBarrier(): Seq {
    return this.#nextSeq();
  }

  /** All committed events of the user in a history, discarded ones included. */
  eventsOf(user: UserId, line = this.line): readonly SimulatedEvent[] {
    return this.#history(line).ofUser.get(user) ?? NONE;
  }

  /** The events of the user after `after` up to and including `upTo` in a history, discarded ones included. */
  eventsBetween(user: UserId, after: Seq, upTo: Seq, line = this.line): readonly SimulatedEvent[] {
    const events = this.eventsOf(user, line);
    const start = firstFrom(events, after + 1);
    const end = firstFrom(events, upTo + 1);
    return start < end ? events.slice(start, end) : NONE;
  }

  eventOf(payload: Uint8Array): SimulatedEvent | undefined {
    return this.#byPayload.get(payload);
  }

  eventById(id: string): SimulatedEvent | undefined {
    return this.#byId.get(id);
  }

  /** Whether some replica has, or had, discarded the event. */
  isDiscarded(event: SimulatedEvent): boolean {
    if (this.#discarded.has(event)) return true;
    const events = this.eventsOf(event.user);
    const index = firstFrom(events, event.seq);
    if (events[index] !== event) return false;
    return this.replicas.some(
      (replica) => event.seq <= replica.applied && index < this.#kept(replica, events)[0],
    );
  }

  rolledBackTo(epoch: Epoch): Seq | undefined {
    return this.#rolledBackTo.get(epoch);
  }

  /** Has a replica see some more of what was committed. */
  advance(replica: number, events: number): void {
    const copy = this.#replica(replica);
    copy.applied = Math.min(this.lastSeq, copy.applied + events) as Seq;
  }

  advanceAll(): void {
    for (const replica of this.replicas) replica.applied = this.lastSeq;
  }

  /** Says that events up to `floor` may go. They do so only in `age`. */
  raiseAgeFloor(floor: Seq): void {
    if (floor > this.ageFloor) this.ageFloor = floor;
  }

  /** Has a replica discard what is too old, up to `seq`; other replicas do so when they come to it. */
  age(replica: number, seq: Seq): void {
    const copy = this.#replica(replica);
    copy.aged = Math.max(copy.aged, Math.min(seq, this.ageFloor, ...this.#floorsHeld.values())) as Seq;
  }

  /** Until the returned function is called, age takes nothing above the floor of this moment. */
  holdAgeFloor(): () => void {
    const held = Symbol();
    this.#floorsHeld.set(held, this.ageFloor);
    return () => this.#floorsHeld.delete(held);
  }

  heads(replica: number, users: readonly UserId[]): Heads {
    const copy = this.#replica(replica);
    const lastOf = new Map<UserId, Seq>();
    for (const user of users) {
      const events = this.eventsOf(user);
      const [start, end] = this.#kept(copy, events);
      const last = start < end ? events[end - 1] : undefined;
      if (last !== undefined) lastOf.set(user, last.seq);
    }
    return { upTo: copy.applied, ageFloor: this.ageFloor, lastOf };
  }

  /** Reads a page step by step; the replica may see more, and discard more, between two steps. */
  page(replica: number, user: UserId, from: Seq, limit: PageLimit, random: Random): Page {
    const copy = this.#replica(replica);
    const all = this.eventsOf(user);
    const events: LoggedEvent[] = [];
    let cursor: number = from;
    let bytes = 0;
    const moving = random.chance(0.5);
    while (events.length < limit.events && bytes < limit.bytes) {
      const [start, end] = this.#kept(copy, all);
      const index = Math.max(start, firstFrom(all, cursor));
      const next = index < end ? all[index] : undefined;
      if (next === undefined) break;
      events.push({ seq: next.seq, payload: next.payload, publishedMs: next.publishedMs });
      bytes += next.payload.length;
      cursor = next.seq + 1;
      if (moving && random.chance(0.5)) this.advance(replica, 1 + random.below(6));
    }
    const [start, end] = this.#kept(copy, all);
    const remaining = Math.max(0, end - Math.max(start, firstFrom(all, cursor)));
    return { events, remaining, ageFloor: this.ageFloor };
  }

  /** Reads a stretch of all users' events. */
  range(replica: number, after: Seq, limit: PageLimit): RangePage {
    const copy = this.#replica(replica);
    const firstKept = new Map<UserId, number>();
    for (const [user, events] of this.#history(this.line).ofUser) {
      const [start, end] = this.#kept(copy, events);
      firstKept.set(user, start < end ? (events[start]?.seq ?? Infinity) : Infinity);
    }
    const { all } = this.#history(this.line);
    const kept = all
      .slice(firstFrom(all, after + 1), firstFrom(all, copy.applied + 1))
      .filter(({ user, seq }) => seq >= (firstKept.get(user) ?? Infinity));
    const events = kept
      .slice(0, limit.events)
      .map(({ seq, payload, publishedMs, user }) => ({ seq, payload, publishedMs, user }));
    const through = events.at(-1)?.seq ?? after;
    return { events, through, remaining: kept.length - events.length, ageFloor: this.ageFloor };
  }

  /** The cluster lost power: what was committed after `seq` is gone everywhere, and its sequences are used again. */
  rollBack(seq: Seq): void {
    this.#endHistory();
    const { all, ofUser } = this.#history(this.line);
    const shared = [...ofUser].map(
      ([user, events]) => [user, events.slice(0, firstFrom(events, seq + 1))] as const,
    );
    this.line++;
    this.#histories.push({ all: all.slice(0, firstFrom(all, seq + 1)), ofUser: new Map(shared) });
    this.lastSeq = seq;
    this.#rolledBackTo.set(this.epoch, Math.min(seq, this.#rolledBackTo.get(this.epoch) ?? seq) as Seq);
    // What tells how far age has come is in the stream, too.
    this.ageFloor = Math.min(this.ageFloor, seq) as Seq;
    for (const copy of this.replicas) {
      copy.applied = Math.min(copy.applied, seq) as Seq;
      copy.aged = Math.min(copy.aged, seq) as Seq;
    }
    this.#leader().applied = seq;
  }

  /** The stream is deleted and made again. */
  makeAnew(): void {
    this.#endHistory();
    this.line++;
    this.#streamLine = this.line;
    this.epoch = `e${this.line}` as Epoch;
    this.#histories.push({ all: [], ofUser: new Map() });
    this.lastSeq = SEQ_ZERO;
    this.ageFloor = SEQ_ZERO;
    this.#floorsHeld.clear();
    for (const copy of this.replicas) Object.assign(copy, { applied: SEQ_ZERO, aged: SEQ_ZERO });
  }

  /** Another replica leads; it has all that was committed. */
  elect(replica: number): void {
    this.leader = replica;
    this.#leader().applied = this.lastSeq;
  }

  #endHistory(): void {
    for (const event of this.#history(this.line).all) if (this.isDiscarded(event)) this.#discarded.add(event);
  }

  /** Of the user's events, those from the first index up to the second, exclusively, are what the replica keeps. */
  #kept(replica: Replica, events: readonly SimulatedEvent[]): readonly [start: number, end: number] {
    const end = firstFrom(events, replica.applied + 1);
    let start = Math.max(0, end - this.keepPerUser);
    while (start < end && (events[start]?.seq ?? 0) <= replica.aged) start++;
    return [start, end];
  }

  #nextSeq(): Seq {
    this.lastSeq = (this.lastSeq + 1) as Seq;
    this.#leader().applied = this.lastSeq;
    return this.lastSeq;
  }

  #history(line: number): History {
    const history = this.#histories[line];
    if (history === undefined) throw new RangeError(`there is no history ${line}`);
    return history;
  }

  #leader(): Replica {
    return this.#replica(this.leader);
  }

  #replica(index: number): Replica {
    const replica = this.replicas[index];
    if (replica === undefined) throw new RangeError(`there is no replica ${index}`);
    return replica;
  }
}

/** The index of the first event at `seq` or later. */
function firstFrom(events: readonly SimulatedEvent[], seq: number): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((events[middle]?.seq ?? 0) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
