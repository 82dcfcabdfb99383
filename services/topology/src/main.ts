import { ConfigError, createLogger, readConfig } from '@longspan/telemetry';
import { configSchema } from './config.ts';
import { makeStreams } from './streams.ts';

/*
 * A job: makes or updates the streams and ends. Exit code 0 if they are as the environment says, 1 if that was refused or
 * could not be done. Safe to run again at any time.
 */
try {
  const config = readConfig(configSchema, process.env);
  const logger = createLogger({ name: config.name, level: config.logLevel });
  process.exitCode = (await makeStreams(config, logger)) ? 0 : 1;
} catch (error) {
  if (error instanceof ConfigError) process.stderr.write(`topology: ${error.message}\n`);
  else createLogger({ name: 'topology', level: 'info' }).fatal({ err: error }, 'topology.failed');
  process.exitCode = 1;
}
