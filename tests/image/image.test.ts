import {
  eventually,
  judged,
  nodeImage,
  ProductImage,
  scaled,
  startNats,
  SteadyLoad,
  verdict,
  type NatsCluster,
} from '@longspan/testkit';
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { ContainerSystem } from './system.ts';

/*
 * The product's image: built here, run as Kubernetes would run it (nobody's user, nothing to write to, no capabilities),
 * over three NATS servers, in production mode, with the streams made by the topology job.
 */
const base = nodeImage();
const BUILT_WITHIN_MS = 600_000;
const MIB = 2 ** 20;
const USERS = Array.from({ length: 6 }, (_, i) => `rolled-${i}`);
const EVENTS = scaled({ short: 100, quick: 200, full: 2_000, long: 20_000 });

describe.skipIf(base === undefined)('the image', () => {
  const owned = new AsyncDisposableStack();
  let image: ProductImage;
  let nats: NatsCluster;
  let system: ContainerSystem;

  beforeAll(async () => {
    [image, nats] = await Promise.all([
      ProductImage.build(base ?? ''),
      startNats({ nodes: 3 }).then((cluster) => owned.use(cluster)),
    ]);
    system = owned.use(await ContainerSystem.start(image, nats));
  }, BUILT_WITHIN_MS);
  afterAll(async () => {
    await owned.disposeAsync();
  });

  test('says what it is, is small, and runs as nobody', async () => {
    const { Config, Size } = await image.inspect();
    expect(Config.User).toBe('65532:65532');
    expect(Config.Labels).toMatchObject({
      'org.opencontainers.image.title': 'Longspan',
      'org.opencontainers.image.version': '0.0.0-test',
      'org.opencontainers.image.revision': 'working-tree',
    });
    expect(Config.Entrypoint).toEqual(['node']);
    expect(Config.Healthcheck).toMatchObject({ Test: ['CMD', 'node', 'deploy/health-check.mjs'] });
    // A program of Node takes 120 MiB; what we add is to be the smaller part.
    expect(Size / MIB).toBeLessThan(400);
  });

  test('every service starts from it and is healthy, without a privilege and with nothing to write to', async () => {
    for (const service of system.services) {
      await service.untilHealthy();
      const { HostConfig, Config } = await service.inspect();
      expect([HostConfig.ReadonlyRootfs, HostConfig.CapDrop, Config.User]).toEqual([
        true,
        ['ALL'],
        '65532:65532',
      ]);
    }
  });

  test('the ingress serves the console', async () => {
    const page = await fetch(system.bridge.ingress.url);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<div id="root">')]);
  });

  test('an agent answers', async () => {
    onTestFailed(async () => console.log(await system.logs()));
    await using client = system.bridge.client('asker');
    const types: string[] = [];
    client.client.on('event', ({ type }) => types.push(type));
    await client.client.send({ type: 'chat_message', data: { text: 'What is 2 + 3?' } }, { id: 'sum' });
    await eventually('the answer has ended', () => types.includes('agent_completed'));
    expect(types.at(0)).toBe('agent_started');
  });

  test('edges rolled one by one under load cost nobody an event', async () => {
    // Goal: a deploy loses nothing (G2, G3, G10). Method: as Kubernetes rolls them: SIGTERM, drain, exit code 0, a new
    // container; the audit compares what was acknowledged with what every callback saw.
    onTestFailed(async () => console.log(await system.logs()));
    await using clients = new AsyncDisposableStack();
    const devices = USERS.map((user, i) => clients.use(system.bridge.client(user, { startAt: i })));
    await Promise.all(devices.map((device) => device.untilLive()));
    await using load = new SteadyLoad({ users: USERS, ratePerUser: 20, publish: system.bridge.publish });
    await load.flows(EVENTS);
    for (const edge of system.edges) {
      expect(await edge.drain()).toBe(0);
      await load.flows(EVENTS);
      await edge.start();
      await load.flows(EVENTS);
    }
    expect(verdict(await judged(nats, load, devices))).toBe('clean');
    expect(devices.some(({ edges }) => edges.length > 1)).toBe(true);
  });
});
