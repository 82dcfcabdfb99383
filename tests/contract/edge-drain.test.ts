import { startBridge, startNats, type NatsCluster } from '@longspan/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EventStream } from './event-source.ts';
import { FrameSocket } from './frame-socket.ts';

const owned = new AsyncDisposableStack();
let nats: NatsCluster;

beforeAll(async () => {
  nats = owned.use(await startNats({ nodes: 1, backend: 'processes' }));
});

afterAll(() => owned.disposeAsync());

test('SIGTERM: not ready, no new sockets, drain frames, close 1012, exit 0', async () => {
  // Goal: a deploy sends clients away in an orderly manner. Method: a session of each kind, SIGTERM, every step seen.
  await using bridge = await startBridge({ nats, edges: 1, env: { LONGSPAN_DRAIN_MS: '1500' } });
  const { endpoint, url, service } = bridge.edge(0);
  const token = await bridge.token('ada');
  await using socket = await FrameSocket.connected(endpoint, { token });
  await using stream = await EventStream.open(`${url}/v1/events`, { authorization: `Bearer ${token}` });
  await stream.untilComment('caught up');
  const drained = service.drain();
  expect(await socket.next('drain')).toEqual({ type: 'drain', reconnectWithinMs: 1_000 });
  await expect(fetch(`${url}/readyz`)).rejects.toThrow('fetch failed');
  await expect(FrameSocket.open(endpoint)).rejects.toThrow('ECONNREFUSED');
  expect(await socket.closed).toBe(1012);
  await stream.ended;
  expect(await drained).toBe(0);
});

test('events that are published while an edge drains still reach its sessions', async () => {
  // Goal: nothing is lost in the time between the drain frame and the close. Method: publish right after the frame.
  await using bridge = await startBridge({ nats, edges: 1, env: { LONGSPAN_DRAIN_MS: '1500' } });
  const { endpoint, service } = bridge.edge(0);
  await using socket = await FrameSocket.connected(endpoint, { token: await bridge.token('bea') });
  const drained = service.drain();
  await socket.next('drain');
  await bridge.publish('bea', [{ type: 'note', id: 'n1', source: '/test', data: { n: 1 } }]);
  expect((await socket.next('events'))['events']).toMatchObject([{ event: { id: 'n1' } }]);
  await drained;
});

test('a bad environment is one line that names variable, value and expectation, and exit code 1', async () => {
  // Goal: whoever set it can mend it. Method: start an edge with a bad port and without a secret.
  const { spawnSync } = await import('node:child_process');
  const { status, stderr } = spawnSync(process.execPath, ['services/edge/src/main.ts'], {
    env: { LONGSPAN_PORT: 'eighty', PATH: process.env['PATH'] },
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  expect(stderr.trim()).toBe('edge: LONGSPAN_PORT is "eighty"; expected a port number from 0 to 65535');
});
