import { openBroker, contextOf, BrokerError } from '@longspan/broker';
import { parseUserId } from '@longspan/protocol';
import { eventually, startNats, TraceReceiver } from '@longspan/testkit';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { traceThisProcess } from './this-process.ts';
import { newCaller } from './stage.ts';

const SEND = 'send ev.{shard}.{user}';
const ADA = parseUserId('ada');
test('a publish that fails is kept whatever the ratio, and links to where it happened', async () => {
  // Goal: an error at night has its trace, though one in a hundred others has. Method: a publisher without its NATS, in
  // a kept trace, in one that is not kept, and in none.
  if (ADA === undefined) throw new Error('not a user id');
  await using receiver = await TraceReceiver.start();
  await using nats = await startNats({ nodes: 1, backend: 'processes' });
  const topology = {
    shards: 1,
    replicas: 1,
    eventsPerUser: 10,
    retentionMs: 3_600_000,
    duplicateWindowMs: 10_000,
  };
  const [kept, unkept] = [newCaller(), newCaller('00')];
  {
    await using _ = await traceThisProcess('publisher', receiver);
    await using broker = await openBroker({ nats: { servers: nats.urls, name: 'publisher-0' }, topology });
    await nats.kill(0);
    for (const context of [contextOf(kept.traceparent), contextOf(unkept.traceparent), ROOT_CONTEXT]) {
      const event = { specversion: '1.0', id: '1', source: '/test', type: 'noted' } as const;
      const failed = broker.publisher.publish(ADA, [event], { budgetMs: 200, context });
      await expect(failed).rejects.toThrow(BrokerError);
    }
  }
  const spans = await eventually('all three have arrived', async () => {
    const found = await receiver.named('publisher', SEND, 0);
    return found.length === 3 ? found : undefined;
  });
  expect(spans.every(({ failed, attributes }) => failed && attributes['error.type'] === 'no_quorum')).toBe(
    true,
  );
  const own = spans.find(({ traceId }) => traceId === kept.traceId);
  expect(own).toMatchObject({ parentSpanId: kept.spanId, links: [] });
  const linking = spans.find(({ links }) => links.some(({ traceId }) => traceId === unkept.traceId));
  expect(linking).toMatchObject({
    parentSpanId: undefined,
    links: [{ traceId: unkept.traceId, spanId: unkept.spanId }],
  });
  expect(linking?.traceId).not.toBe(unkept.traceId);
  expect(await receiver.trace(unkept.traceId)).toBeUndefined();
});
