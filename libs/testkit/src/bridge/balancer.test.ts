import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Balancer, haproxyPath } from './balancer.ts';

const NAMES = ['a', 'b'];

describe.skipIf(haproxyPath() === undefined)('a balancer before two servers', () => {
  const owned = new AsyncDisposableStack();
  let balancer: Balancer;

  beforeAll(async () => {
    const edges: { name: string; url: string }[] = [];
    for (const name of NAMES) {
      const server = createServer((_, response) => response.end(name)).listen(0, '127.0.0.1');
      owned.defer(() => server.closeAllConnections());
      owned.defer(() => void server.close());
      await once(server, 'listening');
      edges.push({ name, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    }
    balancer = owned.use(await Balancer.start({ edges }));
  });

  afterAll(() => owned.disposeAsync());

  /** Who answers four connections in a row. */
  async function answers(): Promise<ReadonlySet<string>> {
    const names = new Set<string>();
    for (let i = 0; i < 4; i += 1)
      names.add(await (await fetch(balancer.url, { headers: { connection: 'close' } })).text());
    return names;
  }

  /** A connection that is kept open; resolves to a promise of its end. */
  async function hold(): Promise<{ readonly ended: Promise<unknown> }> {
    const socket = connect(Number(new URL(balancer.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await once(socket, 'data');
    return { ended: once(socket, 'close') };
  }

  test('a server that is removed or found unhealthy gets no connections until it is back', async () => {
    // Goal: the faults that the load balancer suite rests on have the effects that they claim. Method: ask who answers.
    expect(await answers()).toEqual(new Set(NAMES));
    await balancer.remove('a');
    expect(await answers()).toEqual(new Set(['b']));
    await balancer.restore('a');
    await balancer.failChecks('b');
    expect(await answers()).toEqual(new Set(['a']));
    await balancer.passChecks('b');
    expect(await answers()).toEqual(new Set(NAMES));
  });

  test('a reload cuts what was open, and takes new connections all the while', async () => {
    const before = await hold();
    await balancer.reload();
    await before.ended;
    expect(await answers()).toEqual(new Set(NAMES));
  });
});
