import { BrokerError, type Publisher, type Receipt } from '@longspan/broker';
import {
  formatPosition,
  parsePosition,
  parseUserId,
  type CloudEvent,
  type Position,
  type UserId,
} from '@longspan/protocol';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { AgentPublisher } from './agent-publisher.ts';
import { AgentError } from './errors.ts';
import { LANE_EVENTS_MAX } from './publish-lane.ts';

const ada = userOf('ada');

/**
 * A log in memory behind the publisher's port: groups commit whole, repeats are recognised. What it does with the
 * next calls is given: `lost` fails without a commit, `unacknowledged` commits and fails all the same.
 */
class MemoryLog implements Publisher {
  readonly events: (readonly [UserId, CloudEvent])[] = [];
  readonly fates: ('ok' | 'lost' | 'unacknowledged')[];
  calls = 0;

  constructor(fates: readonly ('ok' | 'lost' | 'unacknowledged')[] = []) {
    this.fates = [...fates];
  }

  async publish(user: UserId, events: readonly CloudEvent[]): Promise<readonly Receipt[]> {
    this.calls += 1;
    const fate = this.fates.shift() ?? 'ok';
    await new Promise((resolve) => setImmediate(resolve));
    if (events.some((event) => event.type === 'refused')) throw new BrokerError('too_big', 'too big');
    if (fate === 'lost') throw new BrokerError('no_quorum', 'nobody there');
    const receipts = events.map((event) => this.#commit(user, event));
    if (fate === 'unacknowledged') throw new BrokerError('timeout', 'no answer');
    return receipts;
  }

  #commit(user: UserId, event: CloudEvent): Receipt {
    const known = this.events.findIndex(([, { id, source }]) => id === event.id && source === event.source);
    if (known < 0) this.events.push([user, event]);
    return {
      id: event.id,
      position: positionOf(known < 0 ? this.events.length : known + 1),
      duplicate: known >= 0,
    };
  }

  ns(user: UserId): readonly unknown[] {
    return this.events.filter(([of]) => of === user).map(([, event]) => event.data);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing to close.
  }
}

test('one user’s events commit in call order, once, whatever is lost or unacknowledged', async () => {
  // Goal: G6 across retries, also when a whole publish budget ran out.
  // Method: property over the fates of the log's calls and the sizes of ours; two users, no call awaited before the next.
  const fates = fc.array(fc.constantFrom('ok', 'lost', 'unacknowledged'), { maxLength: 4 });
  const calls = fc.array(
    fc.record({ user: fc.constantFrom('ada', 'eve'), size: fc.integer({ min: 1, max: 5 }) }),
    {
      minLength: 1,
      maxLength: 12,
    },
  );
  await fc.assert(
    fc.asyncProperty(fates, calls, async (fates, calls) => {
      const log = new MemoryLog(fates);
      await using publisher = new AgentPublisher(log, { source: '/test' });
      const expected = new Map<string, number[]>();
      let n = 0;
      const published = calls.map(({ user, size }) => {
        const drafts = Array.from({ length: size }, () => ({ type: 'tick', data: n++ }));
        expected.set(user, [...(expected.get(user) ?? []), ...drafts.map((draft) => draft.data)]);
        return publisher.publish(userOf(user), drafts);
      });
      const receipts = await Promise.all(published);
      expect(receipts.map((list) => list.length)).toEqual(calls.map(({ size }) => size));
      for (const [user, ns] of expected) expect(log.ns(userOf(user))).toEqual(ns);
    }),
    { numRuns: 25 },
  );
});

test('calls made together travel together', async () => {
  // Goal: batching inside.
  // Method: a hundred calls in one turn of the event loop.
  const log = new MemoryLog();
  await using publisher = new AgentPublisher(log, { source: '/test' });
  await Promise.all(Array.from({ length: 100 }, () => publisher.publish(ada, { type: 'tick' })));
  expect([log.calls, log.events.length]).toEqual([1, 100]);
});

test('an event that the log refuses fails alone', async () => {
  // Goal: a bad event does not take its neighbours along.
  // Method: one refused among three calls of one group.
  const log = new MemoryLog();
  await using publisher = new AgentPublisher(log, { source: '/test' });
  const drafts = [{ type: 'a', data: 1 }, { type: 'refused' }, { type: 'b', data: 2 }];
  const results = await Promise.allSettled(drafts.map((draft) => publisher.publish(ada, draft)));
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(log.ns(ada)).toEqual([1, 2]);
});

test('an event whose time is up is given up, and those behind it go on', async () => {
  // Goal: a lost lease ends retries at once.
  // Method: a first publish that is lost and may not be tried again.
  const log = new MemoryLog(['lost']);
  await using publisher = new AgentPublisher(log, { source: '/test' });
  let remaining = 1_000;
  const first = publisher.publish(ada, { type: 'tick', data: 1 }, { remainingMs: () => remaining });
  const outcome = Promise.allSettled([first]);
  const second = publisher.publish(ada, { type: 'tick', data: 2 });
  await Promise.resolve();
  await Promise.resolve();
  remaining = 0;
  expect(await outcome).toMatchObject([{ status: 'rejected', reason: { code: 'no_quorum' } }]);
  await second;
  expect(log.ns(ada)).toEqual([2]);
});

test('more than a lane holds is refused at once, and a closed publisher takes nothing', async () => {
  // Goal: bounded memory; lifetimes.
  // Method: fill a lane whose log never answers; then dispose of another publisher.
  const stuck: Publisher = {
    publish: () => new Promise(() => undefined),
    [Symbol.asyncDispose]: async () => undefined,
  };
  const full = new AgentPublisher(stuck, { source: '/test' });
  const drafts = Array.from({ length: 1_000 }, () => ({ type: 'tick' }));
  for (let sent = 0; sent < LANE_EVENTS_MAX; sent += 1_000) void full.publish(ada, drafts);
  await expect(full.publish(ada, { type: 'tick' })).rejects.toMatchObject({
    code: 'overloaded',
    retryable: true,
  });
  const closed = new AgentPublisher(new MemoryLog(), { source: '/test' });
  await closed[Symbol.asyncDispose]();
  await expect(closed.publish(ada, { type: 'tick' })).rejects.toBeInstanceOf(AgentError);
});

test('a draft is completed once and keeps what it says', async () => {
  // Goal: id, source and time are filled in; extensions and an own id stay.
  // Method: publish two drafts and look at what came out.
  const log = new MemoryLog();
  await using publisher = new AgentPublisher(log, { source: '/test' });
  await publisher.publish(ada, [
    { type: 'a' },
    { type: 'b', id: 'own', source: '/else', data: { n: 1 }, threadid: 't', extra: 'x' },
  ]);
  const [[, first] = [], [, second] = []] = log.events;
  expect(first).toMatchObject({
    specversion: '1.0',
    source: '/test',
    id: expect.any(String),
    time: expect.any(String),
  });
  expect(first).not.toHaveProperty('datacontenttype');
  expect(second).toMatchObject({
    id: 'own',
    source: '/else',
    threadid: 't',
    extra: 'x',
    datacontenttype: 'application/json',
  });
});

function userOf(text: string): UserId {
  const user = parseUserId(text);
  if (user === undefined) throw new Error('not a user id');
  return user;
}

function positionOf(seq: number): Position {
  const position = parsePosition(`e-${seq}`);
  if (position === undefined || formatPosition(position) !== `e-${seq}`) throw new Error('not a position');
  return position;
}
