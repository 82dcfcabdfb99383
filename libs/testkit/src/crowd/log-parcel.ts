import type { ClientLog, Published, PublishOutcome, Seen } from '../audit/logs.ts';

/**
 * Logs in the form in which they cross threads and processes, and in which they are kept until they are judged: a
 * number and a piece of one long text for each entry, where objects would take several times as much.
 */

/** Ids hold no control characters, so that one of them can part them. */
const SEPARATOR = '\n';
const OUTCOMES = ['acknowledged', 'refused', 'indeterminate'] as const satisfies readonly PublishOutcome[];

export interface ClientParcel {
  readonly log: Omit<ClientLog, 'seen'>;
  /** One for each entry; `GAP` where it is a gap. */
  readonly seqs: Float64Array;
  /** The events' ids. */
  readonly ids: string;
  readonly gaps: readonly Seen[];
}

export interface PublishedParcel {
  readonly publisher: string;
  readonly users: readonly string[];
  /** For each event the number of its user. */
  readonly userOf: Uint32Array;
  /** For each event the number of its outcome. */
  readonly outcomeOf: Uint8Array;
  readonly ids: string;
}

const GAP = -1;

export function packClient({ seen, ...log }: ClientLog): ClientParcel {
  const seqs: number[] = [];
  const ids: string[] = [];
  const gaps: Seen[] = [];
  for (const entry of seen) {
    if (entry.kind === 'event') ids.push(entry.id);
    else gaps.push(entry);
    seqs.push(entry.kind === 'event' ? entry.seq : GAP);
  }
  return { log, seqs: Float64Array.from(seqs), ids: ids.join(SEPARATOR), gaps };
}

/** The log again; its entries are made anew each time that it is read. */
export function unpackClient(parcel: ClientParcel): ClientLog {
  return { ...parcel.log, seen: { [Symbol.iterator]: () => seenIn(parcel) } };
}

/** @param events all of one publisher, in its order. */
export function packPublished(publisher: string, events: Iterable<Published>): PublishedParcel {
  const numberOf = new Map<string, number>();
  const userOf: number[] = [];
  const outcomeOf: number[] = [];
  const ids: string[] = [];
  for (const { user, id, outcome } of events) {
    const number = numberOf.get(user) ?? numberOf.size;
    numberOf.set(user, number);
    userOf.push(number);
    outcomeOf.push(OUTCOMES.indexOf(outcome));
    ids.push(id);
  }
  return {
    publisher,
    users: [...numberOf.keys()],
    userOf: Uint32Array.from(userOf),
    outcomeOf: Uint8Array.from(outcomeOf),
    ids: ids.join(SEPARATOR),
  };
}

/** The events of several publishers, each one's in its order; made anew each time that it is read. */
export function unpackPublished(parcels: readonly PublishedParcel[]): Iterable<Published> {
  return {
    *[Symbol.iterator]() {
      for (const parcel of parcels) yield* publishedIn(parcel);
    },
  };
}

function* seenIn({ seqs, ids, gaps }: ClientParcel): Generator<Seen, undefined> {
  const id = textsIn(ids);
  const gap = gaps[Symbol.iterator]();
  for (const seq of seqs) {
    const next = seq === GAP ? gap.next().value : { kind: 'event' as const, seq, id: take(id) };
    if (next !== undefined) yield next;
  }
}

function* publishedIn({
  publisher,
  users,
  userOf,
  outcomeOf,
  ids,
}: PublishedParcel): Generator<Published, undefined> {
  const id = textsIn(ids);
  for (const [i, number] of userOf.entries()) {
    const outcome = OUTCOMES[outcomeOf[i] ?? -1];
    const user = users[number];
    if (user === undefined || outcome === undefined)
      throw new RangeError('a parcel that does not fit together');
    yield { publisher, user, id: take(id), outcome };
  }
}

function* textsIn(joined: string): Generator<string, undefined> {
  let at = 0;
  while (at <= joined.length) {
    const end = joined.indexOf(SEPARATOR, at);
    const until = end === -1 ? joined.length : end;
    yield joined.slice(at, until);
    at = until + 1;
  }
}

function take(texts: Iterator<string, undefined>): string {
  const { value } = texts.next();
  if (value === undefined) throw new RangeError('a parcel with fewer ids than entries');
  return value;
}
