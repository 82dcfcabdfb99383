import { eventually, Service, startNats, type NatsCluster } from '@longspan/testkit';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accountsConf, connectAs, credentialsOf, makeStreams, runTopology } from './roles.ts';

/*
 * The topology job as production runs it: as its own user, against a real cluster. The streams themselves tell what it did.
 */
const MADE = { LONGSPAN_SHARDS: '2', LONGSPAN_EVENTS_PER_USER: '100', LONGSPAN_RETENTION_HOURS: '48' };
const HOUR_NS = 3_600_000_000_000;

const owned = new AsyncDisposableStack();
let nats: NatsCluster;
let jsm: JetStreamManager;

beforeAll(async () => {
  nats = owned.use(await startNats({ nodes: 3, config: accountsConf() }));
  jsm = await jetstreamManager(owned.use(await connectAs(nats, 'operator')));
});
afterAll(async () => {
  await owned.disposeAsync();
});

test('a service that may not make streams waits for them, and says so', async () => {
  // Goal: whatever order a deploy starts things in, they come up. Method: an ingress before there are any streams; then
  // the job. It is the ingress' log that says what it waits for.
  await using ingress = new Service({
    kind: 'ingress',
    name: 'early',
    env: {
      ...credentialsOf('ingress'),
      LONGSPAN_NATS_URL: nats.urls.join(','),
      LONGSPAN_PUBLISH_TOKENS: 'a-publisher-token',
      LONGSPAN_HOST: '127.0.0.1',
      LONGSPAN_PORT: '0',
    },
  });
  const started = ingress.start();
  await eventually('it says that it waits', () => ingress.log.includes('start.waiting'));
  expect(ingress.log).toContain('the stream LONGSPAN_EVENTS_0 does not exist yet: run services/topology');
  await makeStreams(nats, MADE);
  await started;
});

test('it makes what is missing, with the replicas asked for, and is safe to run again', async () => {
  const log = await makeStreams(nats, MADE);
  const names = ['LONGSPAN_EVENTS_0', 'LONGSPAN_EVENTS_1', 'LONGSPAN_COMMANDS', 'LONGSPAN_DEAD_COMMANDS'];
  for (const name of names) {
    const { config } = await jsm.streams.info(name);
    expect(config).toMatchObject({ num_replicas: 3, storage: 'file' });
    expect(log).toContain(`"stream":"${name}","msg":"topology.stream_kept"`);
  }
});

test('it widens limits, keeps what an operator has added, and says what it changed', async () => {
  await jsm.streams.update('LONGSPAN_EVENTS_1', {
    max_bytes: 1_000_000_000,
    metadata: await metadataWith('team', 'a'),
  });
  const log = await makeStreams(nats, {
    ...MADE,
    LONGSPAN_EVENTS_PER_USER: '200',
    LONGSPAN_RETENTION_HOURS: '72',
  });
  expect(log).toContain('max_msgs_per_subject from 101 to 201');
  expect(log).toContain('max_age from 172800 s to 259200 s');
  const { config } = await jsm.streams.info('LONGSPAN_EVENTS_1');
  expect(config).toMatchObject({
    max_msgs_per_subject: 201,
    max_age: 72 * HOUR_NS,
    max_bytes: 1_000_000_000,
    metadata: { team: 'a', 'longspan.shards': '2' },
  });
});

test.each([
  [{ LONGSPAN_EVENTS_PER_USER: '100' }, 'max_msgs_per_subject from 201 to 101: that would discard'],
  [{ LONGSPAN_RETENTION_HOURS: '1' }, 'max_age from 259200 s to 3600 s: that would discard'],
  [{ LONGSPAN_SHARDS: '1' }, 'it is one of 2 shards, not of 1'],
  [{ LONGSPAN_SHARDS: '3' }, 'it is one of 2 shards, not of 3'],
  [{ LONGSPAN_REPLICAS: '1' }, 'num_replicas from 3 to 1: fewer copies outlive fewer servers'],
])('it refuses %o, says why, and changes nothing', async (asked, why) => {
  // Goal: no deploy loses anything by a slip. Method: compare all streams before and after; one good wish is among the bad.
  const before = await configs();
  const job = await runTopology(nats, {
    ...MADE,
    LONGSPAN_EVENTS_PER_USER: '200',
    LONGSPAN_RETENTION_HOURS: '72',
    LONGSPAN_DUPLICATE_WINDOW_MS: '60000',
    ...asked,
  });
  expect(job.code).toBe(1);
  expect(job.log).toContain(why);
  expect(await configs()).toEqual(before);
});

test('it keeps fewer replicas if that is what is meant', async () => {
  await makeStreams(nats, {
    ...MADE,
    LONGSPAN_EVENTS_PER_USER: '200',
    LONGSPAN_RETENTION_HOURS: '72',
    LONGSPAN_REPLICAS: '1',
    LONGSPAN_ALLOW_FEWER_REPLICAS: '1',
  });
  expect((await jsm.streams.info('LONGSPAN_EVENTS_0')).config.num_replicas).toBe(1);
});

test('it refuses a stream of our name that is not ours', async () => {
  await jsm.streams.delete('LONGSPAN_COMMANDS');
  await jsm.streams.add({ name: 'LONGSPAN_COMMANDS', subjects: ['orders.>'], num_replicas: 3 });
  const job = await runTopology(nats, {
    ...MADE,
    LONGSPAN_EVENTS_PER_USER: '200',
    LONGSPAN_RETENTION_HOURS: '72',
  });
  expect(job.code).toBe(1);
  expect(job.log).toContain('LONGSPAN_COMMANDS: subjects from [\\"orders.>\\"] to [\\"cmd.>\\"]');
});

async function metadataWith(key: string, value: string): Promise<Record<string, string>> {
  return { ...(await jsm.streams.info('LONGSPAN_EVENTS_1')).config.metadata, [key]: value };
}

async function configs(): Promise<readonly unknown[]> {
  const all: unknown[] = [];
  for await (const { config } of jsm.streams.list()) all.push(config);
  return all;
}
