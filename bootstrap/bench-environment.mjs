import { join } from 'node:path';
import { installPeers, peerVersions } from './bench-peers.mjs';
import { describeCommit, describeMachine } from './machine.mjs';
import { noNats, provideNatsProgram } from './nats-server.mjs';
import { rootFolder, stateFolder } from './paths.mjs';
import { provideRedis, redisVersionOf } from './redis-server.mjs';
import { installWorkspace } from './workspace-install.mjs';

/** Systems that cannot be measured without Redis. */
const overRedis = ['socket-io', 'sse-redis'];

/**
 * Provides what the benchmark needs: NATS, Redis, and the packages of the peers.
 *
 * @param {import('./progress.mjs').Progress} progress
 * @returns {Promise<import('../bench/src/bench.ts').BenchSurroundings & { env: NodeJS.ProcessEnv }>}
 */
export async function provideBenchEnvironment(progress) {
  await installWorkspace(progress);
  const nats = await provideNatsProgram(progress);
  if (!('path' in nats)) throw noNats(nats.reasons);
  const redis = await provideRedis(progress);
  const peersFolder = await installPeers(progress);
  const hasRedis = 'path' in redis;
  if (!hasRedis) progress.say(`Peers over Redis are not measured: ${redis.missing}`);
  const env = {
    LONGSPAN_TEST_NATS_SERVER: nats.path,
    LONGSPAN_BENCH_PEERS: peersFolder,
    ...(hasRedis ? { LONGSPAN_BENCH_REDIS: redis.path } : {}),
  };
  const { node, natsServer, ...machine } = await describeMachine({ env, lines: [], hasDocker: false });
  return {
    env,
    commit: await describeCommit(),
    machine,
    versions: {
      Node: node,
      'nats-server': natsServer,
      ...(hasRedis ? { 'redis-server': await redisVersionOf(redis.path) } : {}),
      ...peerVersions(peersFolder),
    },
    missing: new Map(hasRedis ? [] : overRedis.map((system) => [system, redis.missing])),
    resultsFolder: join(rootFolder, 'bench', 'results', 'latest'),
    storeFolder: join(stateFolder, 'bench', 'store'),
  };
}
