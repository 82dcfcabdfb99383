import { describe, expect, test } from 'vitest';
import { audit, type Audit, type Faults } from './audit.ts';
import type { ClientLog, RunLogs, Seen } from './logs.ts';

// Goal: the checker catches every kind of fault, since a clean run is worth what its checker is worth.
// Method: the logs of a faultless run of two users and three clients, each with exactly one thing broken.

const EVENTS = 6;

function goodRun(): { -readonly [K in keyof RunLogs]: RunLogs[K][number][] } {
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
function phoneSaw(change: (seen: readonly Seen[]) => readonly Seen[]): RunLogs {
  const run = goodRun();
  return {
    ...run,
    clients: run.clients.map((log): ClientLog =>
      log.client === 'phone' ? { ...log, seen: change(log.seen) } : log,
    ),
  };
}

const KINDS = [
  'lost',
  'repeated',
  'outOfOrder',
  'crossed',
  'unjustifiedGaps',
  'invented',
  'notKept',
  'committedTwice',
  'publisherOrder',
] as const satisfies readonly (keyof Faults)[];

function kindsFound(result: Audit): readonly (keyof Faults)[] {
  return KINDS.filter((kind) => result[kind].length > 0);
}

test('a faultless run is clean', () => {
  const result = audit(goodRun());
  expect(kindsFound(result)).toEqual([]);
  expect(result.clean).toBe(true);
  expect(result.counts).toEqual({ acknowledged: 12, committed: 12, delivered: 18 });
});

test('a run in which nothing happened is not clean', () => {
  expect(audit({ published: [], committed: [], clients: [] }).clean).toBe(false);
});

describe('what a client saw', () => {
  test.each<[string, (seen: readonly Seen[]) => readonly Seen[], keyof Faults]>([
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
    expect(kindsFound(result)).toEqual([kind]);
    expect(result.clean).toBe(false);
    expect(result[kind][0]).toMatchObject({ client: 'phone', user: 'ada' });
  });

  test('an event of another user is caught', () => {
    const result = audit(phoneSaw((seen) => [...seen, { kind: 'event', seq: 12, id: 'bob-5' }]));
    expect(kindsFound(result)).toEqual(['crossed']);
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
    expect(kindsFound(audit({ ...run, committed, clients }))).toEqual([]);
  });

  test('an acknowledged event that is no longer in the stream is missed without a gap', () => {
    const run = phoneSaw((seen) => seen.slice(1));
    const committed = run.committed.filter(({ seq }) => seq > 2);
    expect(kindsFound(audit({ ...run, committed }))).toEqual(['lost']);
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
    expect(kindsFound(audit({ ...run, committed }))).toEqual(['notKept']);
  });

  test('a missing tail is caught', () => {
    const run = goodRun();
    const committed = run.committed.filter(({ id }) => id !== 'bob-5');
    expect(kindsFound(audit({ ...run, committed }))).toEqual(['notKept']);
  });

  test('an event committed twice is caught', () => {
    const run = goodRun();
    const again: Seen = { kind: 'event', id: 'bob-5', seq: 13 };
    const committed = [...run.committed, { user: 'bob', id: again.id, seq: again.seq }];
    const clients = run.clients.map((log) =>
      log.user === 'bob' ? { ...log, seen: [...log.seen, again] } : log,
    );
    expect(kindsFound(audit({ ...run, committed, clients }))).toEqual(
      expect.arrayContaining(['repeated', 'committedTwice']),
    );
  });

  test('events committed in another order than published are caught', () => {
    const run = goodRun();
    const published = run.published.toSpliced(2, 3, ...run.published.slice(2, 5).toReversed());
    expect(kindsFound(audit({ ...run, published }))).toEqual(['publisherOrder']);
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
    expect(kindsFound(audit({ ...run, published }))).toContain('crossed');
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
    expect(kindsFound(audit({ ...run, published }))).toEqual(['invented']);
  });
});
