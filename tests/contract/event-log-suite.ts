import { type EventLog, type LiveEvent, type LogNotice, type ShardId } from '@longspan/broker';
import { parseUserId, SEQ_ZERO, type Seq, type UserId } from '@longspan/protocol';
import { eventually } from '@longspan/testkit';
import { expect, test } from 'vitest';

/** What the suite needs besides the log under test. */
export interface EventLogStage extends AsyncDisposable {
  readonly log: EventLog;
  /** Commits events with these ids and about so many bytes each. */
  publish(to: UserId, ids: readonly string[], bytes?: number): Promise<readonly Seq[]>;
  idOf(payload: Uint8Array): string;
  /** Deletes the shard's stream and makes it again. */
  makeAnew(shard: ShardId): Promise<void>;
}

/** So many events of one user are in the streams of a stage, at most. */
export const KEEP = 20;
export const SHARDS = 2;
const ALL = { events: 10_000, bytes: 8 * 1024 * 1024 };

export function user(name: string): UserId {
  const id = parseUserId(name);
  if (id === undefined) throw new TypeError(`not a user id: ${name}`);
  return id;
}

/** What every implementation of the `EventLog` port must do, on the stage that there is when the tests run. */
export function eventLogSuite(stage: () => EventLogStage): void {
  const publish = (to: UserId, names: readonly string[], bytes?: number) => stage().publish(to, names, bytes);
  const ids = (count: number, prefix = 'e') => Array.from({ length: count }, (_, n) => `${prefix}${n}`);

  test('G1: live events come in commit order, each naming the one before', async () => {
    // Goal: the chain that everything rests on. Method: subscribe, publish, compare with the receipts.
    const { log } = stage();
    const ada = user('ada-chain');
    const live: LiveEvent[] = [];
    using _ = log.subscribe(ada, (event) => live.push(event));
    await log.barrier(log.shardOf(ada));
    const seqs = await publish(ada, ids(5));
    await log.barrier(log.shardOf(ada));
    expect(live.map(({ seq }) => seq)).toEqual(seqs);
    expect(live.map(({ prev }) => prev)).toEqual([0, ...seqs.slice(0, -1)]);
  });

  test('a barrier comes back after everything that was committed before it, and grows', async () => {
    // Goal: what `barrier` promises. Method: many rounds of publish and barrier; at each return, all is there.
    const { log } = stage();
    const ada = user('ada-barrier');
    const live: Seq[] = [];
    using _ = log.subscribe(ada, ({ seq }) => live.push(seq));
    let last = await log.barrier(log.shardOf(ada));
    for (let n = 0; n < 20; n++) {
      const [seq] = await publish(ada, [`b${n}`]);
      const barrier = await log.barrier(log.shardOf(ada));
      expect(live.at(-1)).toBe(seq);
      expect(barrier).toBeGreaterThan(Math.max(last, seq ?? 0));
      last = barrier;
    }
  });

  test('barriers that are asked for at once are all newer than the asking', async () => {
    // Goal: sharing a barrier must not give anybody an old one. Method: ask many times between publishes.
    const { log } = stage();
    const ada = user('ada-shared');
    const [before] = await publish(ada, ['s0']);
    const barriers = await Promise.all(Array.from({ length: 10 }, () => log.barrier(log.shardOf(ada))));
    for (const barrier of barriers) expect(barrier).toBeGreaterThan(before ?? 0);
  });

  test('G4: users whose ids look like subjects and wildcards get only what is theirs', async () => {
    // Goal: no id reaches another's stream. Method: nasty ids side by side, each with an event of its own.
    const { log } = stage();
    const names = [
      'a',
      'a.b',
      '*',
      '>',
      'a.*',
      'a.>',
      'a b',
      '=2A',
      'ä',
      'a\u0308',
      'A',
      'x/y',
      '$JS.API.>',
      '.',
      '..',
    ];
    const got = new Map<string, string[]>(names.map((name) => [name, []]));
    const subscriptions = names.map((name) =>
      log.subscribe(user(name), ({ payload }) => got.get(name)?.push(stage().idOf(payload))),
    );
    const shards = new Set(names.map((name) => log.shardOf(user(name))));
    for (const shard of shards) await log.barrier(shard);
    await Promise.all(names.map((name) => publish(user(name), [`for ${name}`])));
    for (const shard of shards) await log.barrier(shard);
    for (const name of names) expect(got.get(name)).toEqual([`for ${name}`]);
    for (const name of names) {
      const stored = async () =>
        (await log.page(user(name), SEQ_ZERO, ALL)).events.map(({ payload }) => stage().idOf(payload));
      await expect.poll(stored).toEqual([`for ${name}`]);
    }
    for (const subscription of subscriptions) subscription[Symbol.dispose]();
  });

  test('heads tells each user’s last event, all as of one moment', async () => {
    // Goal: one read answers for a whole group. Method: 300 users, every third without an event.
    const { log } = stage();
    const users = ids(300, 'head-').map(user);
    const shard = log.shardOf(user('head-0'));
    const ofShard = users.filter((id) => log.shardOf(id) === shard);
    const expected = new Map<UserId, Seq>();
    for (const [n, id] of ofShard.entries()) {
      if (n % 3 === 0) continue;
      const last = (await publish(id, [`h${n}`, `i${n}`])).at(-1);
      if (last !== undefined) expected.set(id, last);
    }
    const barrier = await log.barrier(shard);
    const heads = await eventually('a fresh replica answers', async () => {
      const answer = await log.heads(shard, ofShard);
      return answer.upTo >= barrier && answer;
    });
    expect(new Map(heads.lastOf)).toEqual(expected);
    expect(heads.ageFloor).toBe(0);
  });

  test('heads takes large last events in bites', async () => {
    // Goal: bodies come along, so a group of users with large events must not come in one piece or fail.
    const { log } = stage();
    const shard = log.shardOf(user('big-0'));
    const users = ids(80, 'big-')
      .map(user)
      .filter((id) => log.shardOf(id) === shard);
    await Promise.all(users.map((id) => publish(id, ['big'], 200_000)));
    const barrier = await log.barrier(shard);
    const heads = await eventually('a fresh replica answers', async () => {
      const answer = await log.heads(shard, users);
      return answer.upTo >= barrier && answer;
    });
    expect(heads.lastOf.size).toBe(users.length);
  });

  test('a page begins at its start and says how many remain', async () => {
    // Goal: what libs/delivery builds on. Method: pages from several places of a known stream.
    const { log } = stage();
    const ada = user('ada-pages');
    const seqs = await publish(ada, ids(10));
    const page = async (from: Seq, events: number) => {
      const { events: got, remaining, ageFloor } = await log.page(ada, from, { events, bytes: ALL.bytes });
      expect(ageFloor).toBe(0);
      return { seqs: got.map(({ seq }) => seq), remaining };
    };
    // A replica may be behind for a moment, so each is asked until it has it all.
    await expect.poll(() => page(SEQ_ZERO, 4)).toEqual({ seqs: seqs.slice(0, 4), remaining: 6 });
    await expect.poll(() => page(seqs[3] ?? SEQ_ZERO, 100)).toEqual({ seqs: seqs.slice(3), remaining: 0 });
    const end = ((seqs.at(-1) ?? 0) + 1) as Seq;
    expect(await page(end, 100)).toEqual({ seqs: [], remaining: 0 });
  });

  test('only the newest events of a user are kept, the oldest go first', async () => {
    // Goal: the retention that gaps are judged by. Method: publish twice as many as are kept.
    const { log } = stage();
    const ada = user('ada-kept');
    const seqs: Seq[] = [];
    for (let n = 0; n < 4; n++) seqs.push(...(await publish(ada, ids(KEEP / 2, `k${n}-`))));
    const kept = async () => (await log.page(ada, SEQ_ZERO, ALL)).events.map(({ seq }) => seq);
    await expect.poll(kept).toEqual(seqs.slice(-KEEP));
  });

  test('a range gives the events of all users of a shard, and no barriers', async () => {
    // Goal: a storm is served by it. Method: events of two users of one shard, read as one range.
    const { log } = stage();
    const first = user('range-a');
    const shard = log.shardOf(first);
    const second = ids(50, 'range-')
      .map(user)
      .find((id) => log.shardOf(id) === shard);
    if (second === undefined) throw new Error('no second user in this shard');
    const start = await log.barrier(shard);
    const a = await publish(first, ['1', '2']);
    const b = await publish(second, ['3', '4']);
    const read = async () => {
      const { events, remaining } = await log.range(shard, start, ALL);
      return { events: events.map(({ user: of, seq }) => [of, seq]), remaining };
    };
    const expected = [...a.map((seq) => [first, seq]), ...b.map((seq) => [second, seq])];
    await expect.poll(read).toEqual({ events: expected, remaining: 0 });
  });

  test('a stream that is made anew has another epoch, and the log says so', async () => {
    // Goal: an old position cannot pass for a new one. Method: delete a shard, make it again, pass barriers.
    const { log } = stage();
    const ada = user('ada-epoch');
    const shard = log.shardOf(ada);
    const { epoch } = log.stateOf(shard);
    const notices: LogNotice[] = [];
    using _ = log.notices((notice) => notices.push(notice));
    await stage().makeAnew(shard);
    await eventually('the change is noticed', async () => {
      await log.barrier(shard);
      return log.stateOf(shard).epoch !== epoch;
    });
    expect(notices).toContainEqual({ type: 'epoch_changed', shard });
  });
}
