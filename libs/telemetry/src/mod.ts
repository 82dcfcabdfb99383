export {
  commonConfig,
  commonOf,
  topologyOf,
  type CommonConfig,
  type LogLevel,
  type Mode,
  type NatsConfig,
  type TelemetryConfig,
  type TopologyConfig,
} from './common-config.ts';
export { ConfigError, readConfig, type Environment } from './config.ts';
export {
  choiceField,
  flagField,
  integerField,
  listField,
  portField,
  secretField,
  textField,
  urlField,
} from './fields.ts';
export { createLogger, type Logger, type LoggerOptions } from './logger.ts';
export { patiently } from './patience.ts';
export type { Metrics } from './metrics.ts';
export { runService, type Birth } from './service.ts';
export { TimedSpans, type TimedSpan } from './timed-spans.ts';
export { startTelemetry } from './telemetry.ts';
