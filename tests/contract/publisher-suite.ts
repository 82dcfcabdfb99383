import { connectNats, contextOf } from '@longspan/broker';
import { jetstreamManager } from '@nats-io/jetstream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { event, PublishedLog, user } from './publisher-log.ts';

/** What every implementation of the `Publisher` port must do, on a cluster of `nodes` servers. */
export function publisherSuite(nodes: 1 | 3): void {
  let log: PublishedLog;

  beforeAll(async () => {
    log = await PublishedLog.start(nodes);
  });
  afterAll(async () => {
    await log[Symbol.asyncDispose]();
  });

  test('a receipt tells where in the log the event is', async () => {
    // Goal: positions are those by which an edge resumes.
    // Method: one event, then three in one call; compare with what the stream holds.
    const ada = user('receipts');
    const one = await log.publisher.publish(ada, [event('1')]);
    const three = await log.publisher.publish(ada, [event('2'), event('3'), event('4')]);
    const stored = await log.eventsOf(ada);
    expect([...one, ...three]).toEqual(
      stored.map(({ id, seq }) => ({ id, position: { epoch: log.epoch, seq }, duplicate: false })),
    );
    expect(stored.map(({ id }) => id)).toEqual(['1', '2', '3', '4']);
  });

  test('an event is stored as its JSON text, with its content type', async () => {
    // Goal: edges hand the payload on untouched.
    // Method: read the stored message; publish a batch, whose messages carry more headers.
    const ada = user('ada: headers?');
    const published = event('ü', { text: 'zażółć' });
    await log.publisher.publish(ada, [event('first'), published]);
    const stored = await log.lastOf(ada);
    expect(stored.string()).toBe(JSON.stringify(published));
    expect(stored.header.get('Content-Type')).toBe('application/cloudevents+json');
    expect(stored.header.get('traceparent')).toBe('');
    expect(stored.header.get('Nats-Msg-Id')).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });

  test.each([
    { flags: '01', eventSays: true },
    { flags: '00', eventSays: false },
  ])('a publish continues the trace it is called in (flags $flags)', async ({ flags, eventSays }) => {
    // Goal: a trace goes on through the log, kept or not; an event that says where it comes from goes on saying so.
    // Method: publish within a caller's context an event with an origin of its own, and one without.
    const bob = user(`traced ${flags}`);
    const traceparent = `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-${flags}`;
    const own = { ...event('own'), traceparent: traceparent.replace('4bf', 'abc') };
    const context = contextOf(traceparent);
    await log.publisher.publish(bob, [own], { context });
    const told = await log.lastOf(bob);
    expect(told.string()).toBe(JSON.stringify(own));
    expect(told.header.get('traceparent')).toBe(traceparent);
    await log.publisher.publish(bob, [event('plain')], { context });
    const plain = await log.lastOf(bob);
    expect(plain.json()).toEqual({ ...event('plain'), ...(eventSays ? { traceparent } : {}) });
    expect(plain.header.get('traceparent')).toBe(traceparent);
  });

  test('publishing again changes nothing and answers the original positions, in the order of the request (G5)', async () => {
    // Goal: repeats are recognised one by one, in batches, in mixed batches, and within one call.
    // Method: the same ids in other company; the stream must hold each once, and nothing of the asking.
    const ada = user('again');
    const first = await log.publisher.publish(ada, [event('a'), event('b')]);
    const [seqA, seqB] = first.map(({ position }) => position.seq);
    const single = await log.publisher.publish(ada, [event('b')]);
    expect(single).toEqual([{ id: 'b', position: { epoch: log.epoch, seq: seqB }, duplicate: true }]);
    const whole = await log.publisher.publish(ada, [event('b'), event('a')]);
    expect(whole.map(({ id, position, duplicate }) => [id, position.seq, duplicate])).toEqual([
      ['b', seqB, true],
      ['a', seqA, true],
    ]);
    const mixed = await log.publisher.publish(ada, [event('c'), event('a'), event('d'), event('c')]);
    expect(mixed.map(({ id, duplicate }) => [id, duplicate])).toEqual([
      ['c', false],
      ['a', true],
      ['d', false],
      ['c', true],
    ]);
    expect(mixed[1]?.position.seq).toBe(seqA);
    expect(mixed[3]?.position).toEqual(mixed[0]?.position);
    expect((await log.eventsOf(ada)).map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('the same id of another user or another source is another event', async () => {
    // Goal: the log remembers ids per stream; users must not be able to suppress each other's events (G4).
    // Method: one id, two users, two sources.
    const [ada, bob] = [user('same-a'), user('same-b')];
    const receipts = [
      ...(await log.publisher.publish(ada, [event('1')])),
      ...(await log.publisher.publish(bob, [event('1')])),
      ...(await log.publisher.publish(ada, [{ ...event('1'), source: '/other' }])),
    ];
    expect(receipts.map(({ duplicate }) => duplicate)).toEqual([false, false, false]);
  });

  test('calls commit in call order, each in one piece, without waiting for one another (G6)', async () => {
    // Goal: group commit keeps the order of a user, also when several users' calls share a batch.
    // Method: 20 users, 40 calls each of one to five events, all at once; compare order, pieces and receipts.
    const users = Array.from({ length: 20 }, (_, i) => user(`order-${i}`));
    await Promise.all(
      users.map(async (ada) => {
        let next = 0;
        const calls = Array.from({ length: 40 }, (_, i) =>
          Array.from({ length: 1 + (i % 5) }, () => event(String(next++))),
        );
        const receipts = (await Promise.all(calls.map((call) => log.publisher.publish(ada, call)))).flat();
        const stored = await log.eventsOf(ada);
        expect(stored.map(({ id }) => Number(id))).toEqual(Array.from({ length: next }, (_, i) => i));
        expect(receipts.map(({ position }) => position.seq)).toEqual(stored.map(({ seq }) => seq));
      }),
    );
  });

  test('repeats and new events at once, from two publishers: each event once, both learn the same', async () => {
    // Goal: a back end that takes over for another one repeats what the other is publishing just now.
    // Method: two connections publish the same 200 events, cut differently.
    await using nc = await connectNats({ servers: log.cluster.urls, name: 'second' });
    await using other = log.open(nc);
    const ada = user('two publishers');
    const events = Array.from({ length: 200 }, (_, i) => event(String(i)));
    const cut = (size: number) =>
      Array.from({ length: Math.ceil(events.length / size) }, (_, i) =>
        events.slice(i * size, (i + 1) * size),
      );
    const [a, b] = await Promise.all([
      Promise.all(cut(7).map((call) => log.publisher.publish(ada, call))),
      Promise.all(cut(3).map((call) => other.publish(ada, call))),
    ]);
    const stored = await log.eventsOf(ada);
    expect(new Set(stored.map(({ id }) => id)).size).toBe(200);
    expect(stored).toHaveLength(200);
    const seqOf = new Map(stored.map(({ id, seq }) => [id, seq]));
    for (const { id, position } of [...a.flat(), ...b.flat()]) expect(position.seq).toBe(seqOf.get(id));
  });

  test('more batches at once than the server takes from everybody: all commit', async () => {
    // Goal: the server's limit of 50 open batches costs time, not events.
    // Method: 20 connections, each with batches of as many users as it sends at once.
    await using stack = new AsyncDisposableStack();
    const publishers = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const nc = stack.use(await connectNats({ servers: log.cluster.urls, name: `crowd-${i}` }));
        return stack.use(log.open(nc));
      }),
    );
    const receipts = await Promise.all(
      publishers.flatMap((publisher, p) =>
        Array.from({ length: 10 }, (_, u) =>
          publisher.publish(
            user(`crowd-${p}-${u}`),
            Array.from({ length: 60 }, (_, i) => event(String(i), 'x'.repeat(500))),
          ),
        ),
      ),
    );
    expect(receipts.flat().filter(({ duplicate }) => !duplicate)).toHaveLength(20 * 10 * 60);
  });

  test('what is too big is refused before anything of it is published', async () => {
    // Goal: the error tells the caller that trying again is of no use.
    // Method: one event, too many events, and too many bytes in all.
    const ada = user('too big');
    const tooBig = { code: 'too_big', retryable: false };
    await expect(log.publisher.publish(ada, [event('1', 'x'.repeat(256 * 1024))])).rejects.toMatchObject(
      tooBig,
    );
    const many = Array.from({ length: 1_001 }, (_, i) => event(String(i)));
    await expect(log.publisher.publish(ada, many)).rejects.toMatchObject(tooBig);
    const heavy = Array.from({ length: 40 }, (_, i) => event(String(i), 'x'.repeat(250 * 1024)));
    await expect(log.publisher.publish(ada, heavy)).rejects.toMatchObject(tooBig);
    expect(await log.eventsOf(ada)).toEqual([]);
    expect(await log.publisher.publish(ada, many.slice(1))).toHaveLength(1_000);
  });

  test('a batch as heavy as is allowed commits', async () => {
    // Goal: the limit of bytes is one that the server can take.
    // Method: just under 8 MiB in one call.
    const heavy = Array.from({ length: 31 }, (_, i) => event(String(i), 'x'.repeat(255 * 1024)));
    expect(await log.publisher.publish(user('heavy'), heavy)).toHaveLength(31);
  });

  test('a call that the log refuses harms no other', async () => {
    // Goal: calls that share a batch do not share a fate.
    // Method: let the stream take small messages only; one big event among many calls of three users.
    const manager = await jetstreamManager(log.nc);
    const { max_msg_size } = (await manager.streams.info(log.stream)).config;
    await manager.streams.update(log.stream, { max_msg_size: 2_000 });
    const users = ['harm-a', 'harm-b', 'harm-c'].map(user);
    const outcomes = await Promise.all(
      users.map((ada, u) =>
        Promise.allSettled(
          Array.from({ length: 60 }, (_, i) =>
            log.publisher.publish(ada, [event(`${i}`, u === 1 && i === 30 ? 'x'.repeat(3_000) : '')]),
          ),
        ),
      ),
    );
    await manager.streams.update(log.stream, { max_msg_size: max_msg_size ?? -1 });
    const refused = outcomes.flat().filter((outcome) => outcome.status === 'rejected');
    expect(refused).toHaveLength(1);
    expect(refused[0]?.reason).toMatchObject({ code: 'too_big' });
    const ids = (without?: number) => Array.from({ length: 60 }, (_, i) => i).filter((i) => i !== without);
    for (const [u, ada] of users.entries()) {
      const stored = await log.eventsOf(ada);
      expect(stored.map(({ id }) => Number(id))).toEqual(ids(u === 1 ? 30 : undefined));
    }
  });

  test('closing settles what is under way and turns away what comes later', async () => {
    // Goal: a process that drains loses nothing that it took on (drain first).
    // Method: 100 calls, close at once, one more call.
    await using nc = await connectNats({ servers: log.cluster.urls, name: 'closing' });
    const publisher = log.open(nc);
    const ada = user('closing');
    const calls = Array.from({ length: 100 }, (_, i) => publisher.publish(ada, [event(String(i))]));
    const closed = publisher[Symbol.asyncDispose]();
    await expect(publisher.publish(ada, [event('late')])).rejects.toMatchObject({ code: 'closed' });
    await closed;
    expect((await Promise.all(calls)).flat()).toHaveLength(100);
    expect(await log.eventsOf(ada)).toHaveLength(100);
  });

  test('receipts of a stream that was made anew carry its new epoch', async () => {
    // Goal: a position of the new stream is never taken for one of the old (G2).
    // Method: publish, delete and make the stream, publish again.
    const ada = user('anew');
    await log.publisher.publish(ada, [event('1')]);
    const before = log.epoch;
    await log.makeAnew();
    const [receipt] = await log.publisher.publish(ada, [event('2')]);
    expect(receipt?.position.epoch).not.toBe(before);
    expect(receipt?.position.epoch).toBe(log.epoch);
  });
}
