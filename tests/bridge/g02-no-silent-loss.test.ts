import { connect } from '@nats-io/transport-node';
import { jetstreamManager } from '@nats-io/jetstream';
import { SteadyLoad, audit, dumpStreams, verdict } from '@longspan/testkit';
import { expect, test } from 'vitest';
import { startSystem } from './system.ts';

const event = (n: number) => ({ id: `e-${n}`, type: 'tick', data: { n } });
const events = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => event(from + i));

test('G2: a client that was away gets everything that it missed, on another edge', async () => {
  // Goal: no event falls between a connection's end and the next one's beginning, live or in the stream.
  // Method: under a steady load, cut both kinds of clients again and again at once on both edges.
  await using system = await startSystem();
  const { nats, bridge } = system;
  await using raw = await (await bridge.rawClient('ada')).connect();
  await using app = bridge.client('ada', { startAt: 1 });
  await using load = new SteadyLoad({
    users: ['ada'],
    ratePerUser: 200,
    eventsPerUser: 800,
    publish: bridge.publish,
  });
  for (let i = 0; i < 10; i += 1) {
    await Promise.all([load.flows(50), raw.until('it is back', () => raw.framesOf('welcome') > i)]);
    raw.cut();
    app.client.disconnect();
  }
  await load.done();
  const last = load.lastAcknowledged('ada');
  await Promise.all([raw.untilSeen(last), app.untilSeen(last)]);
  const committed = await dumpStreams(nats.urls);
  const clients = [raw.log, app.log];
  expect(verdict(audit({ published: load.published, committed, clients }))).toBe('clean');
  expect(raw.closes.length).toBeGreaterThanOrEqual(10);
});

test('G2: events that retention discarded are told as one gap, exactly over them', async () => {
  // Goal: the client learns what it cannot have, and goes on with the oldest event that is kept.
  // Method: keep 50 events a user; be away for 200; the audit accepts a gap only over what the stream no longer has.
  await using system = await startSystem({ env: { LONGSPAN_EVENTS_PER_USER: '50' } });
  const { nats, bridge } = system;
  await bridge.ingress.publish('ada', events(0, 10));
  await using before = await (await bridge.rawClient('ada')).connect();
  await before.untilSeen('e-9');
  const { position } = before;
  await before[Symbol.asyncDispose]();
  await bridge.ingress.publish('ada', events(10, 210));

  await using after = await (await bridge.rawClient('ada', { from: position, startAt: 1 })).connect();
  await using app = bridge.client('ada', { from: position });
  await Promise.all([after.untilSeen('e-209'), app.untilSeen('e-209')]);
  const committed = await dumpStreams(nats.urls);
  expect(committed.length).toBeLessThan(60);
  for (const { seen } of [after, app]) {
    expect(seen.map((entry) => (entry.kind === 'event' ? entry.id : entry.reason))).toEqual([
      'expired',
      ...committed.map(({ id }) => id),
    ]);
  }
  const published = events(0, 210).map(({ id }) => ({
    publisher: 'test',
    user: 'ada',
    id,
    outcome: 'acknowledged' as const,
  }));
  expect(verdict(audit({ published, committed, clients: [after.log] }))).toBe('clean');
});

test('G2: a position of another stream, or past the end of this one, is told as a gap', async () => {
  // Goal: a recreated stream (`reset`) and one that lost its tail (`rewound`) are noticed, not waited for.
  // Method: hand in such positions; then delete the stream under a live client, let it be made again, and resume.
  await using system = await startSystem({ edges: 1 });
  const { nats, bridge } = system;
  await bridge.ingress.publish('ada', events(0, 3));
  await using raw = await (await bridge.rawClient('ada')).connect();
  await raw.untilSeen('e-2');
  const [epoch = ''] = raw.position.split('-');

  await using ahead = await (await bridge.rawClient('ada', { from: `${epoch}-1000` })).connect();
  await using foreign = await (await bridge.rawClient('ada', { from: '1abc-2' })).connect();
  expect(ahead.seen[0]).toMatchObject({ kind: 'gap', from: 1000, reason: 'rewound' });
  expect(foreign.seen[0]).toMatchObject({ kind: 'gap', from: 2, reason: 'reset' });

  const connection = await connect({ servers: [...nats.urls] });
  await (await jetstreamManager(connection)).streams.delete('LONGSPAN_EVENTS_0');
  await connection.close();
  await bridge.edge(0).service.kill();
  const ingress = bridge.service('ingress-0');
  await ingress.kill();
  await Promise.all([bridge.edge(0).service.start(), ingress.start()]);
  await bridge.ingress.publish('ada', [event(7)]);
  await raw.untilSeen('e-7');
  expect(raw.seen.slice(3)).toMatchObject([
    { kind: 'gap', reason: 'reset' },
    { kind: 'event', id: 'e-7' },
  ]);
  expect(raw.position.startsWith(epoch)).toBe(false);
});
