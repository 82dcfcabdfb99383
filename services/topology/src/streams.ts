import { applyTopology, connectNats } from '@longspan/broker';
import { patiently, type Logger } from '@longspan/telemetry';
import type { Config } from './config.ts';

/**
 * Brings the streams to what the configuration says, waiting for NATS as long as it takes, and logs each one. Resolves to
 * false if that was refused, in which case nothing was changed.
 */
export async function makeStreams(config: Config, logger: Logger): Promise<boolean> {
  await using nc = await connectNats({ ...config.nats, name: config.name });
  const outcome = await patiently('apply_topology', logger, () =>
    applyTopology(nc, config.topology, config.allowed),
  );
  if (outcome.kind === 'refused') {
    for (const why of outcome.why) logger.error({ why }, 'topology.refused');
    logger.error({ refusals: outcome.why.length }, 'topology.nothing_changed');
    return false;
  }
  for (const { stream, done, changes } of outcome.steps) {
    logger.info({ stream, ...(changes.length > 0 && { changes }) }, `topology.stream_${done}`);
  }
  logger.info({ streams: outcome.steps.length, ...config.topology }, 'topology.applied');
  return true;
}
