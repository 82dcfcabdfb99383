import { ensureTopology, eventSubject, liveSubject, shardStream, type LiveEvent } from '@longspan/broker';
import { jetstreamManager } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventLogSuite, KEEP, SHARDS, user } from './event-log-suite.ts';
import { event, NatsEventLogStage } from './nats-event-log-stage.ts';

/** The port's suite on a cluster of `nodes` servers, and what only NATS does: topology, headers, de-duplication. */
export function natsEventLogSuite(nodes: 1 | 3): void {
  let stage: NatsEventLogStage;

  beforeAll(async () => {
    stage = await NatsEventLogStage.open(nodes);
  });

  afterAll(async () => {
    await stage[Symbol.asyncDispose]();
  });

  test('making the topology again changes nothing and gives the number of shards that exist', async () => {
    // Goal: each service may run it at all times. Method: run it again, asking for other numbers.
    const { nc, log, topology } = stage;
    expect(await ensureTopology(nc, { ...topology, shards: 7, eventsPerUser: 5 })).toBe(SHARDS);
    expect((await log.refresh(log.shardOf(user('ada')))).keepPerUser).toBe(KEEP);
  });

  test('the headers that count are the server’s, whatever a publisher sends under the same names', async () => {
    // Goal: a publisher cannot forge the chain. Method: send sequences of its own, raw.
    const { nc, log } = stage;
    const eve = user('eve');
    const live: LiveEvent[] = [];
    using _ = log.subscribe(eve, (event) => live.push(event));
    await log.barrier(log.shardOf(eve));
    const forged = headers();
    forged.set('Nats-Sequence', '7');
    forged.set('Nats-Last-Sequence', '6');
    nc.publish(eventSubject(log.shardOf(eve), eve), JSON.stringify(event('f')), { headers: forged });
    const barrier = await log.barrier(log.shardOf(eve));
    expect(live).toHaveLength(1);
    expect(live[0]?.prev).toBe(0);
    expect(live[0]?.seq).toBe(barrier - 1);
  });

  test('what comes late of a stream that was made anew since is not taken for an event of the new one', async () => {
    // Goal: invariant 12. Method: say what a leader of the former stream would say, and the same of a moment later.
    const { nc, log } = stage;
    const zoe = user('zoe');
    const shard = log.shardOf(zoe);
    const live: LiveEvent[] = [];
    using _ = log.subscribe(zoe, (event) => live.push(event));
    await log.barrier(shard);
    const { created } = await (await jetstreamManager(nc)).streams.info(shardStream(shard));
    const createdMs = Date.parse(created);
    for (const [seq, committedMs] of [
      [8, createdMs - 1],
      [9, createdMs],
    ] as const) {
      const said = headers();
      said.set('Nats-Sequence', String(seq));
      said.set('Nats-Last-Sequence', String(seq - 1));
      said.set('Nats-Time-Stamp', new Date(committedMs).toISOString());
      nc.publish(liveSubject(eventSubject(shard, zoe)), JSON.stringify(event('z')), { headers: said });
    }
    await log.barrier(shard);
    expect(live.map(({ seq }) => seq)).toEqual([9]);
  });

  test('G5: publishing the same source and id again changes nothing and gives the first position', async () => {
    // Goal: retries are harmless. Method: the same events again, alone and among new ones.
    const { publisher } = stage;
    const ada = user('ada-twice');
    const first = await publisher.publish(ada, [event('t1'), event('t2')]);
    const again = await publisher.publish(ada, [event('t2'), event('t3'), event('t1')]);
    expect(first.map(({ duplicate }) => duplicate)).toEqual([false, false]);
    expect(again.map(({ duplicate }) => duplicate)).toEqual([true, false, true]);
    expect(again[0]?.position).toEqual(first[1]?.position);
    expect(again[2]?.position).toEqual(first[0]?.position);
  });

  eventLogSuite(() => stage);
}
