import {
  Evidence,
  SteadyLoad,
  audit,
  dumpStreams,
  eventually,
  startBridge,
  startNats,
  type Bridge,
  type Service,
} from '@longspan/testkit';
import { onTestFailed } from 'vitest';

const MIB = 1024 * 1024;
/** An attack comes in so many parts of the same size. What the first of them costs is the price of being used. */
export const PARTS = 4;
/** What the other parts may leave in heaps that nobody had a reason to collect. */
const GROWTH_BYTES_MAX = 128 * MIB;
const HEAP_MIB_MAX = 192;
/** Sockets that other parts of a service may open or close meanwhile, to NATS above all. */
const FILES_SPARE = 4;
/** A socket that a client has half closed or left silent is let go by then. */
const LET_GO_WITHIN_MS = 30_000;

/** So that some frames and bodies pass it, and deeply nested ones do not. */
export const FRAME_BYTES_MAX = 131_072;
export const BODY_BYTES_MAX = 524_288;

/**
 * Starts an edge and an ingress, has them besieged, and checks that neither noticed: both run, hold no socket and no
 * memory more than before, and a user who was there all the time got every event.
 */
export async function besiege(
  evidence: Evidence,
  attack: (bridge: Bridge, part: number) => Promise<void>,
): Promise<void> {
  await using nats = await startNats({ nodes: 1, backend: 'processes' });
  await using bridge = await startBridge({
    nats,
    edges: 1,
    env: {
      LONGSPAN_FRAME_BYTES_MAX: String(FRAME_BYTES_MAX),
      LONGSPAN_BODY_BYTES_MAX: String(BODY_BYTES_MAX),
      LONGSPAN_SENDS_PER_SECOND_MAX: '10000',
      // Garbage is collected before it is much, and what leaks ends the process.
      NODE_OPTIONS: `--max-old-space-size=${HEAP_MIB_MAX}`,
    },
  });
  onTestFailed(() => console.log(bridge.logTail()));
  await using bystander = await (await bridge.rawClient('bystander')).connect();
  await using load = new SteadyLoad({ users: ['bystander'], ratePerUser: 20, publish: bridge.publish });
  await load.flows(10);
  const services = [bridge.edge(0).service, bridge.service('ingress-0')];
  const before = await Promise.all(services.map(footprintOf));
  await attack(bridge, 0);
  const warm = await Promise.all(services.map(footprintOf));
  for (let part = 1; part < PARTS; part += 1) await attack(bridge, part);

  for (const [i, service] of services.entries()) {
    const { name } = service;
    const { files = 0 } = before[i] ?? {};
    const { bytes = 0 } = warm[i] ?? {};
    const alive = service.running && !/"msg":"[a-z]+\.crashed"/.test(service.log);
    evidence.promise({
      metric: `Input: ${name} after ${evidence.title}`,
      requirement: 'it runs',
      achieved: alive ? 'it runs' : 'it crashed',
      holds: alive,
    });
    const left = await eventually(
      `${name} has let go of its sockets`,
      async () => {
        const { files: now } = await footprintOf(service);
        return now <= files + FILES_SPARE ? { now } : undefined;
      },
      LET_GO_WITHIN_MS,
    ).catch(async () => ({ now: (await footprintOf(service)).files }));
    evidence.promise({
      metric: `Input: open files of ${name} after ${evidence.title}`,
      requirement: `no more than ${FILES_SPARE} above those before`,
      achieved: `${files} before, ${left.now} after`,
      holds: left.now <= files + FILES_SPARE,
    });
    const grown = (await footprintOf(service)).bytes - bytes;
    evidence.promise({
      metric: `Input: memory of ${name} after ${evidence.title}`,
      requirement: `less than ${GROWTH_BYTES_MAX / MIB} MiB more than after its first quarter, garbage included`,
      achieved: `${(grown / MIB).toFixed(0)} MiB more`,
      holds: grown < GROWTH_BYTES_MAX,
    });
  }
  await load.flows(10);
  await load.stop();
  await bystander.untilSeen(load.lastAcknowledged('bystander'));
  const committed = (await dumpStreams(nats.urls)).filter(({ user }) => user === 'bystander');
  evidence.audited(
    `Input: a bystander's events during ${evidence.title}`,
    audit({ published: load.published, committed, clients: [bystander.log] }),
  );
}

async function footprintOf(service: Service): Promise<{ readonly files: number; readonly bytes: number }> {
  const [files, bytes] = await Promise.all([service.openFiles(), service.residentBytes()]);
  return { files: files ?? 0, bytes: bytes ?? 0 };
}
