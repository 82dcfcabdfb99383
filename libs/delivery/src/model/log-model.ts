import type { Heads, LiveEvent, LoggedEvent, Page } from '@longspan/broker';
import { SEQ_ZERO, type Epoch, type Seq, type UserId } from '@longspan/protocol';
import type { Random } from './random.ts';

/** A committed event. Its `id` is its payload, so that whoever receives it can be asked where it came from. */
export interface ModelEvent {
  readonly id: string;
  readonly user: UserId;
  readonly seq: Seq;
  /** What the log says the user's previous event was: 0 if none was kept. */
  readonly prev: Seq;
  /** The history that the event belongs to: a new one begins when the stream is made anew or loses its tail. */
  readonly line: number;
}

/** A copy of the stream: a prefix of the log, from which age has taken the oldest. */
interface Replica {
  applied: Seq;
  aged: Seq;
}

type History = ReadonlyMap<UserId, readonly ModelEvent[]>;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * One shard's stream: what was committed, in order, and what each replica has of it and still keeps. It promises
 * what `EventLog` promises and no more: reads come from any replica, which may be behind, and even moves on between
 * the events of one read. Age never takes two neighbours between two steps of one read (see `contiguous`).
 */
export class LogModel {
  readonly users: readonly UserId[];
  readonly keepPerUser: number;
  readonly replicas: readonly Replica[];
  /** The replica that commits and republishes. */
  leader = 0;
  hasQuorum = true;
  epoch: Epoch = 'e0' as Epoch;
  line = 0;
  lastSeq: Seq = SEQ_ZERO;
  /** Nothing above this has been discarded for its age. */
  ageFloor: Seq = SEQ_ZERO;
  readonly #histories: Map<UserId, ModelEvent[]>[] = [];
  /** What had been discarded when its history ended. */
  readonly #discarded = new Set<string>();
  /** Floors that answers under way carry. */
  readonly #floorsHeld = new Map<symbol, Seq>();
  readonly #byId = new Map<string, ModelEvent>();
  /** Per epoch, the lowest sequence that the stream was rolled back to. */
  readonly #rolledBackTo = new Map<Epoch, Seq>();

  constructor(users: readonly UserId[], keepPerUser: number, replicas: number) {
    this.users = users;
    this.keepPerUser = keepPerUser;
    this.replicas = Array.from({ length: replicas }, () => ({ applied: SEQ_ZERO, aged: SEQ_ZERO }));
    this.#histories.push(new Map());
  }

  commit(user: UserId): ModelEvent {
    const prev = this.#keptBy(this.#leader(), user).at(-1)?.seq ?? SEQ_ZERO;
    const seq = this.#nextSeq();
    const event = { id: `${this.line}/${seq}/${user}`, user, seq, prev, line: this.line };
    const events = this.#history().get(user);
    if (events === undefined) this.#history().set(user, [event]);
    else events.push(event);
    this.#byId.set(event.id, event);
    return event;
  }

  commitBarrier(): Seq {
    return this.#nextSeq();
  }

  /** All committed events of the user in a history, discarded ones included. */
  eventsOf(user: UserId, line = this.line): readonly ModelEvent[] {
    return (this.#histories[line] as History | undefined)?.get(user) ?? [];
  }

  eventOf(payload: Uint8Array): ModelEvent | undefined {
    return this.#byId.get(decoder.decode(payload));
  }

  /** Whether some replica has, or had, discarded the event. */
  isDiscarded(event: ModelEvent): boolean {
    if (this.#discarded.has(event.id)) return true;
    if (!this.eventsOf(event.user).includes(event)) return false;
    return this.replicas.some(
      (replica) => event.seq <= replica.applied && !this.#keptBy(replica, event.user).includes(event),
    );
  }

  rolledBackTo(epoch: Epoch): Seq | undefined {
    return this.#rolledBackTo.get(epoch);
  }

  /** Has a replica see some more of what was committed. */
  advance(replica: number, events: number): void {
    const { applied } = this.#replica(replica);
    this.#replica(replica).applied = Math.min(this.lastSeq, applied + events) as Seq;
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
      const last = this.#keptBy(copy, user).at(-1);
      if (last !== undefined) lastOf.set(user, last.seq);
    }
    return { upTo: copy.applied, ageFloor: this.ageFloor, lastOf };
  }

  page(replica: number, user: UserId, from: Seq, eventsMax: number, random: Random): Page {
    const copy = this.#replica(replica);
    const events: LoggedEvent[] = [];
    let cursor: number = from;
    const advance = random.chance(0.5) ? 0.5 : 0;
    while (events.length < eventsMax) {
      const next = this.#keptBy(copy, user).find((event) => event.seq >= cursor);
      if (next === undefined) break;
      events.push({ seq: next.seq, payload: encoder.encode(next.id) });
      cursor = next.seq + 1;
      if (random.chance(advance)) this.advance(replica, 1 + random.below(6));
    }
    const remaining = this.#keptBy(copy, user).filter((event) => event.seq >= cursor).length;
    return { events, remaining };
  }

  /** The cluster lost power: what was committed after `seq` is gone everywhere, and its sequences are used again. */
  rollBack(seq: Seq): void {
    this.#endHistory();
    const shared = [...this.#history()].map(
      ([user, events]) => [user, events.filter((event) => event.seq <= seq)] as const,
    );
    this.line++;
    this.#histories.push(new Map(shared));
    this.lastSeq = seq;
    this.#rolledBackTo.set(this.epoch, Math.min(seq, this.#rolledBackTo.get(this.epoch) ?? seq) as Seq);
    for (const copy of this.replicas) copy.applied = Math.min(copy.applied, seq) as Seq;
    this.#leader().applied = seq;
  }

  /** The stream is deleted and made again. */
  makeAnew(): void {
    this.#endHistory();
    this.line++;
    this.epoch = `e${this.line}` as Epoch;
    this.#histories.push(new Map());
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
    for (const event of [...this.#history().values()].flat()) {
      if (this.isDiscarded(event)) this.#discarded.add(event.id);
    }
  }

  #keptBy(replica: Replica, user: UserId): readonly ModelEvent[] {
    const events = this.eventsOf(user);
    let end = events.length;
    while (end > 0 && (events[end - 1]?.seq ?? 0) > replica.applied) end--;
    let start = Math.max(0, end - this.keepPerUser);
    while (start < end && (events[start]?.seq ?? 0) <= replica.aged) start++;
    return events.slice(start, end);
  }

  #nextSeq(): Seq {
    this.lastSeq = (this.lastSeq + 1) as Seq;
    this.#leader().applied = this.lastSeq;
    return this.lastSeq;
  }

  #history(): Map<UserId, ModelEvent[]> {
    const history = this.#histories[this.line];
    if (history === undefined) throw new RangeError(`there is no history ${this.line}`);
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

/** The event as it goes out on the live path. */
export function liveEventOf({ id, seq, prev }: ModelEvent): LiveEvent {
  return { seq, prev, payload: encoder.encode(id) };
}
