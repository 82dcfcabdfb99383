import { startBridge, startNats } from '@longspan/testkit';
import { expect, test } from 'vitest';
import { FrameSocket } from './frame-socket.ts';

test('an edge that alone loses the log asks its sessions to go elsewhere, and keeps those that stay', async () => {
  // Goal: no session waits in silence at an edge that cannot hear, while another one could serve it; and none is worse off for having
  // nowhere to go. Method: break one edge's link to NATS; a device knows both edges, a socket stays with the one.
  await using nats = await startNats({ nodes: 1, backend: 'processes' });
  await using bridge = await startBridge({ nats, relayNats: true });
  const { endpoint, natsLink } = bridge.edge(0);
  await using device = bridge.client('ada', { startAt: 0 });
  await device.untilLive();
  await using stays = await FrameSocket.connected(endpoint, { token: await bridge.token('ada') });

  natsLink?.refuse();
  expect(await stays.next('drain')).toEqual({ type: 'drain', reconnectWithinMs: 1_000 });
  await device.until('is at the other edge', () => device.edges.at(-1) === 'edge-1');
  await bridge.publish('ada', [{ type: 'note', id: 'n1', source: '/test', data: { n: 1 } }]);
  await device.untilSeen('n1');
  expect(stays.of('events')).toEqual([]);

  natsLink?.restore();
  expect((await stays.next('events'))['events']).toMatchObject([{ event: { id: 'n1' } }]);
  expect(device.edges).toEqual(['edge-0', 'edge-1']);
});
