import { describe, expect, test } from 'vitest';
import { audit } from './audit.ts';
import { faultKindsOf, type FaultKind } from './faults.ts';
import type {
  ClientLog,
  CommandEffect,
  Committed,
  Published,
  Seen,
  SentCommand,
  StreamFacts,
} from './logs.ts';

// Goal: the checker catches every kind of fault, since a clean run is worth what its checker is worth.
// Method: the logs of a faultless run of two users and three clients, each with exactly one thing broken.

const EVENTS = 6;

interface TestClient extends ClientLog {
  readonly seen: readonly Seen[];
}

interface TestRun {
  readonly published: readonly Published[];
  readonly committed: readonly Committed[];
  readonly clients: readonly TestClient[];
}

function goodRun(): TestRun {
  // Sequences of two users interleave in one stream: ada has the odd ones, bob the even ones.
  const all = Array.from({ length: EVENTS * 2 }, (_, i) => {
    const user = i % 2 === 0 ? 'ada' : 'bob';
    return { user, id: `${user}-${Math.floor(i / 2)}`, seq: i + 1 };
  });
  const seenBy = (user: string): Seen[] =>
    all.filter((event) => event.user === user).map(({ id, seq }) => ({ kind: 'event', id, seq }));
  return {
    published: all.map(({ user, id }) => ({ publisher: 'one', user, id, outcome: 'acknowledged' as const })),
    committed: all,
    clients: [
      { client: 'phone', user: 'ada', from: 0, seen: seenBy('ada') },
      { client: 'laptop', user: 'ada', from: 0, seen: seenBy('ada') },
      { client: 'tab', user: 'bob', from: 0, seen: seenBy('bob') },
    ],
  };
}

/** The good run, with what ada's phone saw changed. */
function phoneSaw(change: (seen: readonly Seen[]) => readonly Seen[], more?: Partial<ClientLog>): TestRun {
  const run = goodRun();
  return {
    ...run,
    clients: run.clients.map((log) =>
      log.client === 'phone' ? { ...log, ...more, seen: change(log.seen) } : log,
    ),
  };
}

test('a faultless run is clean', () => {
  const result = audit(goodRun());
  expect(faultKindsOf(result)).toEqual([]);
  expect(result.clean).toBe(true);
  expect(result.counts).toEqual({
    acknowledged: 12,
    committed: 12,
    delivered: 18,
    clients: 3,
    overlaps: 0,
    commands: 0,
  });
});

test('a run in which nothing happened is not clean', () => {
  expect(audit({ published: [], committed: [], clients: [] }).clean).toBe(false);
});

describe('what a client saw', () => {
  test.each<[string, (seen: readonly Seen[]) => readonly Seen[], FaultKind]>([
    ['one event dropped', (seen) => seen.toSpliced(2, 1), 'lost'],
    ['only the last event dropped', (seen) => seen.slice(0, -1), 'lost'],
    ['only the first event dropped', (seen) => seen.slice(1), 'lost'],
    ['everything dropped', () => [], 'lost'],
    ['one event repeated at once', (seen) => seen.toSpliced(2, 0, ...seen.slice(2, 3)), 'repeated'],
    ['one event repeated at the end', (seen) => [...seen, ...seen.slice(0, 1)], 'repeated'],
    ['two events swapped', (seen) => seen.toSpliced(2, 2, ...seen.slice(2, 4).toReversed()), 'outOfOrder'],
    ['an event that nobody published', (seen) => [...seen, { kind: 'event', seq: 99, id: 'x' }], 'invented'],
    [
      'an event under a wrong sequence',
      (seen) => seen.toSpliced(-1, 1, { kind: 'event', seq: 99, id: `ada-${EVENTS - 1}` }),
      'invented',
    ],
    [
      'a gap over events that are kept',
      (seen) => seen.toSpliced(2, 1, { kind: 'gap', from: 3, to: 5, reason: 'expired' }),
      'unjustifiedGaps',
    ],
    [
      'a gap of another kind than expiry',
      (seen) => [...seen, { kind: 'gap', from: 11, to: 11, reason: 'rewound' }],
      'unjustifiedGaps',
    ],
  ])('%s is caught', (_, change, kind) => {
    const result = audit(phoneSaw(change));
    expect(faultKindsOf(result)).toEqual([kind]);
    expect(result.clean).toBe(false);
    expect(result[kind][0]).toMatchObject({ client: 'phone', user: 'ada' });
  });

  test('an event of another user is caught', () => {
    const result = audit(phoneSaw((seen) => [...seen, { kind: 'event', seq: 12, id: 'bob-5' }]));
    expect(faultKindsOf(result)).toEqual(['crossed']);
  });

  test('a gap over discarded events is justified', () => {
    const run = goodRun();
    const committed = run.committed.filter(({ seq }) => seq > 5);
    const clients = run.clients.map((log) => ({
      ...log,
      seen: [
        { kind: 'gap', from: 0, to: 5, reason: 'expired' } as const,
        ...log.seen.filter((s) => s.kind === 'event' && s.seq > 5),
      ],
    }));
    expect(faultKindsOf(audit({ ...run, committed, clients }))).toEqual([]);
  });

  test('an acknowledged event that is no longer in the stream is missed without a gap', () => {
    const run = phoneSaw((seen) => seen.slice(1));
    const committed = run.committed.filter(({ seq }) => seq > 2);
    expect(faultKindsOf(audit({ ...run, committed }))).toEqual(['lost']);
  });

  test('a client that began late is not owed what was before', () => {
    const run = phoneSaw((seen) => seen.slice(3));
    const clients = run.clients.map((log) => (log.client === 'phone' ? { ...log, from: 5 } : log));
    expect(audit({ ...run, clients }).clean).toBe(true);
  });
});

describe('what the stream holds', () => {
  test('an acknowledged event that is missing between kept ones is caught', () => {
    const run = goodRun();
    const committed = run.committed.filter(({ id }) => id !== 'ada-3');
    expect(faultKindsOf(audit({ ...run, committed }))).toEqual(['notKept']);
  });

  test('a missing tail is caught', () => {
    const run = goodRun();
    const committed = run.committed.filter(({ id }) => id !== 'bob-5');
    expect(faultKindsOf(audit({ ...run, committed }))).toEqual(['notKept']);
  });

  test('an event committed twice is caught', () => {
    const run = goodRun();
    const again: Seen = { kind: 'event', id: 'bob-5', seq: 13 };
    const committed = [...run.committed, { user: 'bob', id: again.id, seq: again.seq }];
    const clients = run.clients.map((log) =>
      log.user === 'bob' ? { ...log, seen: [...log.seen, again] } : log,
    );
    expect(faultKindsOf(audit({ ...run, committed, clients }))).toEqual(
      expect.arrayContaining(['repeated', 'committedTwice']),
    );
  });

  test('events committed in another order than published are caught', () => {
    const run = goodRun();
    const published = run.published.toSpliced(2, 3, ...run.published.slice(2, 5).toReversed());
    expect(faultKindsOf(audit({ ...run, published }))).toEqual(['publisherOrder']);
  });

  test('between two publishers there is no order', () => {
    const run = goodRun();
    const [first, ...rest] = run.published;
    const published = [...rest, ...(first ? [{ ...first, publisher: 'two' }] : [])];
    expect(audit({ ...run, published }).clean).toBe(true);
  });

  test('an event committed under another user is caught', () => {
    const run = goodRun();
    const published = run.published.map((event) =>
      event.id === 'ada-2' ? { ...event, user: 'bob' } : event,
    );
    expect(faultKindsOf(audit({ ...run, published }))).toContain('crossed');
  });
});

describe('publishes without an acknowledgement', () => {
  test('an indeterminate event may be delivered once, or not at all', () => {
    const run = goodRun();
    const published = run.published.map((event) =>
      event.id === 'ada-5' ? { ...event, outcome: 'indeterminate' as const } : event,
    );
    const delivered = audit({ ...run, published });
    expect(delivered).toMatchObject({ clean: true, unacknowledgedDelivered: 1 });
    const absent = audit({
      published,
      committed: run.committed.filter(({ id }) => id !== 'ada-5'),
      clients: run.clients.map((log) => ({
        ...log,
        seen: log.seen.filter((s) => s.kind === 'event' && s.id !== 'ada-5'),
      })),
    });
    expect(absent).toMatchObject({ clean: true, unacknowledgedDelivered: 0 });
  });

  test('a refused event that is delivered is caught', () => {
    const run = goodRun();
    const published = run.published.map((event) =>
      event.id === 'ada-5' ? { ...event, outcome: 'refused' as const } : event,
    );
    expect(faultKindsOf(audit({ ...run, published }))).toEqual(['invented']);
  });
});

describe('what came on the wire', () => {
  test('an event that an edge sent twice is told apart from one that a callback got twice', () => {
    const twice = (seen: readonly Seen[]) => seen.toSpliced(2, 0, ...seen.slice(2, 3));
    expect(faultKindsOf(audit(phoneSaw(twice, { wire: true })))).toEqual(['repeatedOnWire']);
    expect(faultKindsOf(audit(phoneSaw(twice)))).toEqual(['repeated']);
  });

  test('repeats that the library dropped are caught; those of a take-over are counted', () => {
    const dropped = audit(phoneSaw((seen) => seen, { dropped: { repeats: 1, overlaps: 0 } }));
    expect(faultKindsOf(dropped)).toEqual(['repeatedOnWire']);
    const takeOver = audit(phoneSaw((seen) => seen, { dropped: { repeats: 0, overlaps: 4 } }));
    expect(takeOver).toMatchObject({ clean: true, counts: { overlaps: 4 } });
  });
});

describe("with the streams' facts", () => {
  const facts: StreamFacts = {
    name: 'EVENTS_0',
    epoch: 'new',
    firstSeq: 1,
    lastSeq: 12,
    keepPerUser: 1_000,
    agedUpTo: 0,
  };
  /** Ada's first three events are gone, and the phone was told so. */
  function discarded(gap: Partial<Seen & { kind: 'gap' }> = {}): TestRun {
    const told = { kind: 'gap', from: 0, to: 5, reason: 'expired', ...gap } as const;
    const run = phoneSaw((seen) => [told, ...seen.slice(3)]);
    const clients = run.clients.filter(({ client }) => client !== 'laptop');
    return { ...run, clients, committed: run.committed.filter(({ user, seq }) => user !== 'ada' || seq > 5) };
  }

  test('a gap is justified by the number of events that a user may have', () => {
    const streams = [{ ...facts, keepPerUser: 3 }];
    expect(faultKindsOf(audit({ ...discarded(), streams }))).toEqual([]);
  });

  test('a gap is justified by age', () => {
    expect(faultKindsOf(audit({ ...discarded(), streams: [{ ...facts, agedUpTo: 5 }] }))).toEqual([]);
  });

  test('a gap, and events that are gone, are caught where no rule can have discarded anything', () => {
    const result = audit({ ...discarded(), streams: [facts] });
    expect(faultKindsOf(result)).toEqual(['unjustifiedGaps', 'notKept']);
    expect(result.notKept).toHaveLength(3);
  });

  test('a reset is justified by the epochs, and begins anew what is owed', () => {
    const streams = [facts];
    const reset = { from: 900, to: 0, reason: 'reset' } as const;
    const run = (epochs: readonly [string, string]) =>
      phoneSaw((seen) => [{ kind: 'gap', ...reset, epochs }, ...seen], { from: 900 });
    expect(faultKindsOf(audit({ ...run(['old', 'new']), streams }))).toEqual([]);
    expect(faultKindsOf(audit({ ...run(['new', 'new']), streams }))).toContain('unjustifiedGaps');
    const short = phoneSaw((seen) => [{ kind: 'gap', ...reset, epochs: ['old', 'new'] }, ...seen.slice(1)]);
    expect(faultKindsOf(audit({ ...short, streams }))).toEqual(['lost']);
  });

  test('a rewind is justified only from past the end of the stream', () => {
    const told = (from: number): Seen => ({ kind: 'gap', from, to: 0, reason: 'rewound' });
    const run = (from: number) => phoneSaw((seen) => [told(from), ...seen], { from });
    expect(faultKindsOf(audit({ ...run(900), streams: [facts] }))).toEqual([]);
    expect(faultKindsOf(audit({ ...run(3), streams: [facts] }))).toContain('unjustifiedGaps');
  });

  test('an acknowledgement that names another place than the stream is caught', () => {
    const run = goodRun();
    const published = run.published.map((event, i) => (i === 4 ? { ...event, seq: 4 } : event));
    expect(faultKindsOf(audit({ ...run, published, streams: [facts] }))).toEqual(['notKept']);
  });

  test('where a discarded event was, another client knows', () => {
    const run = discarded();
    const laptop = { ...goodRun().clients[1], client: 'laptop', user: 'ada', from: 0, seen: [] };
    const late = { ...laptop, client: 'late', from: 3, seen: run.clients[0]?.seen.slice(1) ?? [] };
    const early = { ...laptop, seen: goodRun().clients[1]?.seen ?? [] };
    const streams = [{ ...facts, keepPerUser: 3 }];
    const result = audit({ ...run, clients: [early, late], streams });
    expect(result.lost).toMatchObject([{ client: 'late', id: 'ada-2', seq: 5 }]);
  });
});

describe('commands', () => {
  const run = (sent: readonly SentCommand[], effects: readonly CommandEffect[]) =>
    audit({ ...goodRun(), commands: { sent, effects } });
  const hi: SentCommand = { user: 'ada', id: 'c-1', outcome: 'acknowledged' };

  test('one effect for each acknowledged command is clean, and for each other at most one', () => {
    const lost: SentCommand = { user: 'bob', id: 'c-1', outcome: 'indeterminate' };
    expect(run([hi, lost], [hi])).toMatchObject({ clean: true, counts: { commands: 2 } });
    expect(run([hi, lost], [lost, hi]).clean).toBe(true);
  });

  test.each<[string, readonly CommandEffect[], FaultKind]>([
    ['no effect', [], 'commandsLost'],
    ['two effects', [hi, hi], 'commandsRepeated'],
    ['an effect of what nobody sent', [hi, { user: 'bob', id: 'c-1' }], 'commandsInvented'],
  ])('%s is caught', (_, effects, kind) => {
    expect(faultKindsOf(run([hi], effects))).toEqual([kind]);
  });
});

test('a million events of a hundred users and two devices each are judged in seconds', () => {
  // Goal: the largest runs can be judged, and one fault among millions is found.
  // Method: logs that are made while they are read; one event is missing on one device. The time is the test's limit.
  const [users, each] = [100, 10_000];
  const idOf = (seq: number) => `u${(seq - 1) % users}-${Math.floor((seq - 1) / users)}`;
  const userOf = (seq: number) => `u${(seq - 1) % users}`;
  function* events<T>(make: (seq: number) => T): Generator<T> {
    for (let seq = 1; seq <= users * each; seq++) yield make(seq);
  }
  const again = <T>(make: (seq: number) => T): Iterable<T> => ({ [Symbol.iterator]: () => events(make) });
  const seenBy = (user: number, without?: number): Iterable<Seen> => ({
    *[Symbol.iterator]() {
      for (let n = 0; n < each; n++) {
        const seq = n * users + user + 1;
        if (n !== without) yield { kind: 'event', seq, id: idOf(seq) };
      }
    },
  });
  const clients = Array.from({ length: users * 2 }, (_, i): ClientLog => {
    const user = i % users;
    return { client: `c${i}`, user: `u${user}`, from: 0, seen: seenBy(user, i === 150 ? 7_777 : undefined) };
  });
  const result = audit({
    published: again((seq) => ({
      publisher: 'p',
      user: userOf(seq),
      id: idOf(seq),
      outcome: 'acknowledged' as const,
    })),
    committed: again((seq) => ({ user: userOf(seq), id: idOf(seq), seq })),
    clients,
  });
  expect(faultKindsOf(result)).toEqual(['lost']);
  expect(result.lost).toEqual([expect.objectContaining({ client: 'c150', id: 'u50-7777' })]);
  expect(result.counts.delivered).toBe(users * each * 2 - 1);
});
