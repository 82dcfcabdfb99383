import { expect, test } from 'vitest';
import { startSystem } from './system.ts';

const event = (n: number) => ({ id: `e-${n}`, type: 'tick', data: { n } });
const isLiveEvent = (subject: string) => subject.startsWith('live.ev.');

test('G9: a lost live message is found within seconds even when no later event follows', async () => {
  // Goal: nobody waits for an event that was lost on the live path and that nothing later reveals.
  // Method: a relay takes exactly one live message out of the edge's connection to NATS; then silence. Nothing but
  // the edge's own periodic check can find it.
  await using system = await startSystem({ edges: 1, relayNats: true });
  const { bridge } = system;
  const { natsLoss } = bridge.edge(0);
  await using raw = await (await bridge.rawClient('ada')).connect();
  await using app = bridge.client('ada');
  await app.client.caughtUp();
  await bridge.ingress.publish('ada', [event(0)]);
  await Promise.all([raw.untilSeen('e-0'), app.untilSeen('e-0')]);

  natsLoss.loseNext(1, isLiveEvent);
  await bridge.ingress.publish('ada', [event(1)]);
  await Promise.all([raw.untilSeen('e-1', 10_000), app.untilSeen('e-1', 10_000)]);
  expect(natsLoss.lost).toBe(1);
  expect(raw.seen.map((entry) => entry.kind === 'event' && entry.id)).toEqual(['e-0', 'e-1']);
  expect(raw.closes).toEqual([]);
});

test('G9: a lost live message is found at once when a later event follows', async () => {
  // Goal: a broken chain is repaired when it is seen; the later event waits, so that order holds (G1).
  // Method: as before, with the periodic check put off for a minute, so that only the chain can tell.
  await using system = await startSystem({
    edges: 1,
    relayNats: true,
    env: { LONGSPAN_SYNC_INTERVAL_MS: '60000' },
  });
  const { bridge } = system;
  const { natsLoss } = bridge.edge(0);
  await using raw = await (await bridge.rawClient('ada')).connect();
  await bridge.ingress.publish('ada', [event(0)]);
  await raw.untilSeen('e-0');

  natsLoss.loseNext(2, isLiveEvent);
  await bridge.ingress.publish('ada', [event(1), event(2)]);
  await bridge.ingress.publish('ada', [event(3)]);
  await raw.untilSeen('e-3', 10_000);
  expect(natsLoss.lost).toBe(2);
  expect(raw.seen.map((entry) => entry.kind === 'event' && entry.id)).toEqual(['e-0', 'e-1', 'e-2', 'e-3']);
});
