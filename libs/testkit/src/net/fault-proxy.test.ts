import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { eventually } from '../eventually.ts';
import { Random } from '../random.ts';
import { bothWays } from './impairment.ts';
import { received, testLink } from './test-link.ts';

const text = async (data: Promise<unknown[]>) => String((await data)[0]);
/** Larger than what all socket buffers on the way hold. */
const LARGE_BYTES = 48 * 1024 * 1024;

/** Bytes that differ from place to place. */
function pattern(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += 1) bytes[at] = (at * 31 + (at >> 8)) % 251;
  return bytes;
}

test('a bad network delivers every byte, in order, and then the end', async () => {
  // Goal: latency, jitter, loss and bandwidth cost time and nothing else. Method: send both ways, with an end each.
  const link = { latencyMs: 20, jitterMs: 20, loss: 0.02, kbitPerSecond: 8_000, closeDelayMs: 10 };
  await using stage = await testLink({ impairment: bothWays(link), random: new Random(7) });
  const [up, down] = [pattern(60_000), pattern(50_000)];
  stage.client.end(up);
  stage.served.end(down);
  const [gotUp, gotDown] = await Promise.all([received(stage.served), received(stage.client)]);
  expect(gotUp.equals(up)).toBe(true);
  expect(gotDown.equals(down)).toBe(true);
});

test('a receiver that does not read is felt by the sender, and gets everything later', async () => {
  // Goal: real backpressure: what the proxy holds is bounded. Method: more than all buffers hold, to a paused server.
  await using stage = await testLink();
  stage.served.pause();
  const bytes = pattern(LARGE_BYTES);
  stage.client.end(bytes);
  let lastWaiting = -1;
  await eventually('the sender is stuck', () => {
    const isStuck = stage.client.writableLength === lastWaiting;
    lastWaiting = stage.client.writableLength;
    return isStuck;
  });
  expect(lastWaiting).toBeGreaterThan(LARGE_BYTES / 4);
  expect((await received(stage.served)).equals(bytes)).toBe(true);
});

test('a blackhole holds what is sent, tells nobody, and lets it pass after the end', async () => {
  // Goal: a fault in which TCP sees nothing but silence.
  // Method: one exchange; then a write into the blackhole, while another link proves that time passed.
  await using stage = await testLink();
  stage.client.write('a');
  expect(await text(once(stage.served, 'data'))).toBe('a');
  stage.proxy.blackhole();
  let isHeard = false;
  const arrival = once(stage.served, 'data').finally(() => (isHeard = true));
  stage.client.write('b');
  await using other = await testLink();
  other.client.write('x');
  await once(other.served, 'data');
  expect(isHeard).toBe(false);
  expect(stage.client.destroyed).toBe(false);
  stage.proxy.restore();
  expect(await text(arrival)).toBe('b');
});

test('a half-open connection passes one way only', async () => {
  // Goal: the fault in which one side thinks that all is well. Method: block the way down, write both ways.
  await using stage = await testLink();
  stage.proxy.blackhole('down');
  const answer = once(stage.client, 'data');
  stage.served.write('lost for now');
  stage.client.write('a');
  expect(await text(once(stage.served, 'data'))).toBe('a');
  expect(stage.client.bytesRead).toBe(0);
  stage.proxy.restore();
  expect(await text(answer)).toBe('lost for now');
});

test('a reset ends both sides at once, and new connections pass; refused ones do not', async () => {
  // Goal: the fault of a crashed router, and of one that stays so. Method: one connection after the other.
  await using stage = await testLink();
  const failures = Promise.all([once(stage.client, 'error'), once(stage.served, 'error')]);
  stage.proxy.reset();
  expect(await failures).toMatchObject([[{ code: 'ECONNRESET' }], [{ code: 'ECONNRESET' }]]);
  const again = await stage.open();
  again.client.write('c');
  expect(await text(once(again.served, 'data'))).toBe('c');
  stage.proxy.refuse();
  const refused = connect({ port: stage.proxy.port, host: '127.0.0.1' });
  expect(await once(refused, 'error')).toMatchObject([{ code: 'ECONNRESET' }]);
  stage.proxy.restore();
  await stage.open();
});

test('a cut after N bytes passes exactly N and resets the sender', async () => {
  // Goal: a connection can be broken within a frame, at any byte. Method: several places, in one write and in many.
  for (const cutAfterBytes of [1, 1_000, 65_537]) {
    await using stage = await testLink({ impairment: { down: { cutAfterBytes, kbitPerSecond: 50_000 } } });
    const bytes = pattern(100_000);
    const failed = once(stage.served, 'error');
    stage.served.write(bytes.subarray(0, 700));
    stage.served.write(bytes.subarray(700));
    expect((await received(stage.client)).equals(bytes.subarray(0, cutAfterBytes))).toBe(true);
    await failed;
  }
});

test('corruption changes as many bytes as it counts', async () => {
  // Goal: a run can tell how much it was harmed. Method: compare what arrived with what was sent, byte by byte.
  await using stage = await testLink({ impairment: { up: { corruption: 0.001 } }, random: new Random(7) });
  const bytes = pattern(100_000);
  stage.client.end(bytes);
  const got = await received(stage.served);
  const changed = got.filter((byte, at) => byte !== bytes[at]).length;
  expect(got.length).toBe(bytes.length);
  expect(changed).toBeGreaterThan(0);
  expect(stage.proxy.corruptedBytes).toBe(changed);
});

test('the network can change while connections are open', async () => {
  // Goal: weather changes at run time. Method: far too slow to see the answer; then fast.
  await using stage = await testLink({ impairment: bothWays({ latencyMs: 1 }) });
  stage.client.write('a');
  await once(stage.served, 'data');
  stage.proxy.impair({ down: { closeDelayMs: 3_600_000 } });
  const isClosed = once(stage.client, 'end').then(() => true);
  stage.served.write('b');
  stage.served.end();
  expect(await text(once(stage.client, 'data'))).toBe('b');
  const next = await stage.open();
  next.client.write('c');
  await once(next.served, 'data');
  expect(await Promise.race([isClosed, Promise.resolve(false)])).toBe(false);
});

test('random disconnects strike every connection in time, in each of their ways', async () => {
  // Goal: what is asked for happens: reset, end, or silence. Method: certain drops, soon, one way at a time.
  const disconnects = { everyMs: 20, share: 1 };
  await using resetting = await testLink({ impairment: { disconnects } });
  await once(resetting.client, 'error');
  await using ending = await testLink({ impairment: { disconnects: { ...disconnects, drops: ['end'] } } });
  ending.client.resume();
  await once(ending.client, 'end');
  await using dark = await testLink({ impairment: { disconnects: { ...disconnects, drops: ['silence'] } } });
  await eventually('the connection is dark', () => {
    const before = dark.served.bytesRead;
    dark.client.write('x');
    return before > 0 && dark.served.bytesRead === before;
  });
  expect(dark.client.destroyed).toBe(false);
});

test('connections of before are dark for good after the device has moved, and new ones pass', async () => {
  // Goal: an address change. Method: write on the old connection, then on a new one, and ask for restoration.
  await using stage = await testLink();
  stage.proxy.strand();
  stage.client.write('old');
  const next = await stage.open();
  next.client.write('new');
  expect(await text(once(next.served, 'data'))).toBe('new');
  stage.proxy.restore();
  next.client.write('newer');
  expect(await text(once(next.served, 'data'))).toBe('newer');
  expect(stage.served.bytesRead).toBe(0);
});

test('nothing is left after its end, whatever was on its way', async () => {
  // Goal: a test that fails leaves no handle behind. Method: dispose in the middle of everything; count the handles.
  const handles = () => process.getActiveResourcesInfo().filter((kind) => kind.startsWith('TCP')).length;
  const before = handles();
  const impairment = {
    ...bothWays({ latencyMs: 3_600_000, kbitPerSecond: 1 }),
    disconnects: { everyMs: 3_600_000, share: 1 },
  };
  {
    await using stage = await testLink({ impairment });
    stage.client.write(pattern(100_000));
    await using blocked = await testLink();
    blocked.proxy.blackhole();
    blocked.client.write('never');
    await blocked.proxy[Symbol.asyncDispose]();
  }
  await eventually('all sockets are gone', () => handles() <= before);
  expect(handles()).toBeLessThanOrEqual(before);
});
