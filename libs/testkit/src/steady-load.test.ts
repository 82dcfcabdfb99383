import { connect } from '@nats-io/transport-node';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { expect, test } from 'vitest';
import { audit } from './audit/audit.ts';
import { dumpStreams } from './audit/stream-dump.ts';
import { startNats } from './nats/nats-cluster.ts';
import { RefusedError, SteadyLoad } from './steady-load.ts';

test('the log of a load agrees with the stream, also when publishes fail after their commit', async () => {
  // Goal: publisher's log and stream dump are truths that fit each other.
  // Method: a load straight into JetStream; every fifth publish is committed and then reported as failed.
  await using nats = await startNats({ nodes: 1, backend: 'processes' });
  const connection = await connect({ servers: [...nats.urls] });
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: 'EVENTS', subjects: ['ev.0.>'] });
  const js = jetstream(connection);
  let calls = 0;
  await using load = new SteadyLoad({
    users: ['ada', 'b=C3=B6b'],
    ratePerUser: 200,
    eventsPerUser: 60,
    publish: async (user, events) => {
      for (const event of events)
        await js.publish(`ev.0.${user}`, JSON.stringify(event), { msgID: event.id });
      calls += 1;
      if (calls % 5 === 0) throw new Error('the answer was lost');
    },
  });
  await load.done();
  const committed = await dumpStreams(nats.urls);
  await connection.close();
  expect(committed.filter(({ user }) => user === 'böb')).toHaveLength(60);
  expect(committed.filter(({ user }) => user === 'ada').map(({ id }) => id)).toEqual(
    load.published.filter(({ user }) => user === 'ada').map(({ id }) => id),
  );
  expect(load.acknowledged).toBe(120);
  expect(load.retries).toBeGreaterThan(0);
  const client = { client: 'c', user: 'ada', from: 0 };
  const seen = committed
    .filter(({ user }) => user === 'ada')
    .map(({ id, seq }) => ({ kind: 'event' as const, id, seq }));
  const published = load.published.filter(({ user }) => user === 'ada');
  expect(audit({ published, committed, clients: [{ ...client, seen }] }).clean).toBe(true);
});

test('what is given up without an answer is indeterminate, and a refusal fails the load', async () => {
  // Goal: the log never calls an event acknowledged or refused without an answer that says so.
  await using silent = new SteadyLoad({
    users: ['ada'],
    ratePerUser: 1_000,
    publish: () => Promise.reject(new Error('nobody answers')),
  });
  await silent.stop(0);
  expect(silent.published.every(({ outcome }) => outcome === 'indeterminate')).toBe(true);

  const refused = new SteadyLoad({
    users: ['ada'],
    ratePerUser: 1_000,
    publish: () => Promise.reject(new RefusedError('no')),
  });
  await expect(refused.done()).rejects.toThrow('no');
  expect(refused.published.every(({ outcome }) => outcome === 'refused')).toBe(true);
});
