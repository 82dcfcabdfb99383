import { dumpStreams } from '@longspan/testkit';
import { expect, test } from 'vitest';
import { startSystem } from './system.ts';

const events = Array.from({ length: 20 }, (_, n) => ({ id: `e-${n}`, type: 'tick', data: { n } }));

test('G5: what is acknowledged survives a killed server, and publishing it again changes nothing', async () => {
  // Goal: an acknowledgement means committed, and a repeat answers with the first one's position.
  // Method: publish, SIGKILL the server, publish the same again, whole and in part, and read the stream itself.
  await using system = await startSystem({ edges: 0 });
  const { nats, bridge } = system;
  const first = await bridge.ingress.publish('ada', events);
  await nats.kill(0);
  await nats.start(0);
  await nats.waitCurrent(0);
  const again = await bridge.ingress.publish('ada', events);
  const mixed = await bridge.ingress.publish('ada', [...events.slice(0, 2), { id: 'new', type: 'tick' }]);

  expect(first.map(({ duplicate }) => duplicate)).toEqual(events.map(() => false));
  expect(again).toEqual(first.map((receipt) => ({ ...receipt, duplicate: true })));
  expect(mixed.slice(0, 2)).toEqual(again.slice(0, 2));
  expect(mixed[2]).toMatchObject({ id: 'new', duplicate: false });
  const committed = await dumpStreams(nats.urls);
  expect(committed.map(({ id }) => id)).toEqual([...events.map(({ id }) => id), 'new']);
});
