import type { ClientLog, Committed, Published, RunLogs, Seen } from './logs.ts';

/** One broken promise: which event, and for which client, if it is about one. */
export interface Fault {
  readonly user: string;
  readonly client?: string;
  readonly id?: string;
  readonly seq?: number;
  readonly detail?: string;
}

/** Every way in which a run can break the guarantees, by the guarantee's number in PROTOCOL.md. */
export interface Faults {
  /** G2: a committed or acknowledged event that a client did not see and that no gap covers. */
  readonly lost: readonly Fault[];
  /** G3: an event that a client saw more than once. */
  readonly repeated: readonly Fault[];
  /** G1: an event that a client saw after a later one. */
  readonly outOfOrder: readonly Fault[];
  /** G4: an event of another user. */
  readonly crossed: readonly Fault[];
  /** G2: a gap over events that the stream still has, or of a kind that nothing in the run explains. */
  readonly unjustifiedGaps: readonly Fault[];
  /** Neither published nor in the stream, or refused and delivered all the same. */
  readonly invented: readonly Fault[];
  /** G5: acknowledged, not in the stream, and too young to have been discarded. */
  readonly notKept: readonly Fault[];
  /** G5: in the stream twice. */
  readonly committedTwice: readonly Fault[];
  /** G6: in the stream in another order than its publisher's. */
  readonly publisherOrder: readonly Fault[];
}

export interface Audit extends Faults {
  /** No fault of any kind, and there was something to judge. */
  readonly clean: boolean;
  /** Events that no answer acknowledged and that were delivered all the same; each may be, once. No fault. */
  readonly unacknowledgedDelivered: number;
  /** How much was judged. */
  readonly counts: { readonly acknowledged: number; readonly committed: number; readonly delivered: number };
}

type Collected = { -readonly [K in keyof Faults]: Fault[] };

/**
 * Compares what was published, what the stream holds and what every client saw. Gaps count as justified if they say
 * `expired` and the stream holds nothing of the user in their range.
 */
export function audit({ published, committed, clients }: RunLogs): Audit {
  const found: Collected = {
    lost: [],
    repeated: [],
    outOfOrder: [],
    crossed: [],
    unjustifiedGaps: [],
    invented: [],
    notKept: [],
    committedTwice: [],
    publisherOrder: [],
  };
  const publishedById = new Map(published.map((event) => [event.id, event]));
  const committedById = new Map(committed.map((event) => [event.id, event]));
  const rankOf = new Map(published.map(({ id }, rank) => [id, rank]));
  const truth = { publishedById, rankOf, committedById, committedOf: groupByUser(committed) };

  for (const events of truth.committedOf.values()) checkStream(events, truth, found);
  for (const [user, events] of groupByUser(published)) checkKept(user, events, truth, found);

  let delivered = 0;
  const unacknowledged = new Set<string>();
  for (const client of clients) {
    checkClient(client, truth, found);
    for (const entry of client.seen) {
      if (entry.kind !== 'event') continue;
      delivered += 1;
      if (publishedById.get(entry.id)?.outcome === 'indeterminate') unacknowledged.add(entry.id);
    }
  }
  const acknowledged = published.filter((event) => event.outcome === 'acknowledged').length;
  const faultless = Object.values(found).every((faults) => faults.length === 0);
  return {
    ...found,
    clean: faultless && (acknowledged > 0 || committed.length > 0) && clients.length > 0,
    unacknowledgedDelivered: unacknowledged.size,
    counts: { acknowledged, committed: committed.length, delivered },
  };
}

interface Truth {
  readonly publishedById: ReadonlyMap<string, Published>;
  /** The place of each event in the publishers' log. */
  readonly rankOf: ReadonlyMap<string, number>;
  readonly committedById: ReadonlyMap<string, Committed>;
  readonly committedOf: ReadonlyMap<string, readonly Committed[]>;
}

/** The stream against the publishers: nothing twice, nobody else's, nothing refused, each publisher's order. */
function checkStream(events: readonly Committed[], truth: Truth, found: Collected): void {
  const ids = new Set<string>();
  const lastRankOf = new Map<string, number>();
  for (const { user, id, seq } of events) {
    if (ids.has(id)) found.committedTwice.push({ user, id, seq });
    ids.add(id);
    const publish = truth.publishedById.get(id);
    if (!publish) continue;
    if (publish.user !== user) found.crossed.push({ user, id, seq, detail: `published for ${publish.user}` });
    if (publish.outcome === 'refused')
      found.invented.push({ user, id, seq, detail: 'refused, yet committed' });
    const rank = truth.rankOf.get(id) ?? -1;
    const lastRank = lastRankOf.get(publish.publisher) ?? -1;
    if (rank < lastRank) found.publisherOrder.push({ user, id, seq });
    lastRankOf.set(publish.publisher, Math.max(lastRank, rank));
  }
}

/** Everything acknowledged is in the stream, but for the oldest, which retention may have discarded. */
function checkKept(user: string, events: readonly Published[], truth: Truth, found: Collected): void {
  const firstKept = events.findIndex((event) => truth.committedById.has(event.id));
  const mayBeDiscarded = (truth.committedOf.get(user) ?? []).length > 0 ? firstKept : 0;
  for (const [index, { id, outcome }] of events.entries()) {
    if (outcome !== 'acknowledged' || truth.committedById.has(id)) continue;
    if (index >= mayBeDiscarded) found.notKept.push({ user, id });
  }
}

function checkClient(log: ClientLog, truth: Truth, found: Collected): void {
  const { client, user } = log;
  const seenIds = new Set<string>();
  let lastSeq = log.from;
  for (const entry of log.seen) {
    if (entry.kind === 'gap') {
      checkGap(log, entry, truth, found);
      lastSeq = Math.max(lastSeq, entry.to);
      continue;
    }
    const { seq, id } = entry;
    const fault = { client, user, id, seq };
    const owner = truth.committedById.get(id)?.user ?? truth.publishedById.get(id)?.user;
    if (owner === undefined) found.invented.push(fault);
    else if (owner !== user) found.crossed.push({ ...fault, detail: `belongs to ${owner}` });
    if (truth.publishedById.get(id)?.outcome === 'refused')
      found.invented.push({ ...fault, detail: 'refused' });
    if (seenIds.has(id)) found.repeated.push(fault);
    else if (seq <= lastSeq) found.outOfOrder.push({ ...fault, detail: `after ${lastSeq}` });
    else checkSeq(log, entry, truth, found);
    seenIds.add(id);
    lastSeq = Math.max(lastSeq, seq);
  }
  checkLost(log, seenIds, truth, found);
}

/** An event must come under the sequence that the stream gave it. */
function checkSeq(
  { client, user }: ClientLog,
  entry: Seen & { kind: 'event' },
  truth: Truth,
  found: Collected,
): void {
  const committed = truth.committedById.get(entry.id);
  if (committed && committed.seq !== entry.seq) {
    found.invented.push({
      client,
      user,
      id: entry.id,
      seq: entry.seq,
      detail: `committed as ${committed.seq}`,
    });
  }
}

function checkGap(
  { client, user }: ClientLog,
  { from, to, reason }: Seen & { kind: 'gap' },
  truth: Truth,
  found: Collected,
): void {
  const kept = (truth.committedOf.get(user) ?? []).filter(({ seq }) => seq > from && seq <= to);
  if (reason === 'expired' && kept.length === 0) return;
  const detail = `${reason} from ${from} to ${to}, over ${kept.length} events that are kept`;
  found.unjustifiedGaps.push({ client, user, detail });
}

/**
 * What the client was owed: all that the stream holds after its start, and all that was acknowledged - the stream may
 * have discarded that since - unless it was before its start or in a gap. Of a discarded event only the publisher
 * knows; its place is that of its neighbours in the publisher's order.
 */
function checkLost(log: ClientLog, seenIds: ReadonlySet<string>, truth: Truth, found: Collected): void {
  const { client, user } = log;
  const gaps = log.seen.filter((entry) => entry.kind === 'gap');
  for (const { id, seq } of truth.committedOf.get(user) ?? []) {
    if (seq <= log.from || seenIds.has(id)) continue;
    if (gaps.some((gap) => gap.from < seq && seq <= gap.to)) continue;
    found.lost.push({ client, user, id, seq });
  }
  if (gaps.length > 0 || log.from > 0) return;
  for (const { id, outcome, user: owner } of truth.publishedById.values()) {
    if (owner !== user || outcome !== 'acknowledged' || seenIds.has(id) || truth.committedById.has(id))
      continue;
    found.lost.push({ client, user, id, detail: 'acknowledged, no longer in the stream' });
  }
}

function groupByUser<T extends { readonly user: string }>(items: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(item.user);
    if (group) group.push(item);
    else groups.set(item.user, [item]);
  }
  return groups;
}
