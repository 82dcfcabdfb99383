import { createLogger, startTelemetry } from '@longspan/telemetry';

/**
 * Traces what this process does as a service is traced, keeping no trace unless its caller says so; once in a process.
 * Disposing of it sends what there is.
 */
export function traceThisProcess(
  service: string,
  { endpoint }: { readonly endpoint: string },
): Promise<AsyncDisposable> {
  const config = {
    mode: 'development',
    name: `${service}-0`,
    logLevel: 'silent',
    nats: { servers: [], inboxPrefix: '_INBOX_test' },
    topology: undefined,
    telemetry: { otlpEndpoint: endpoint, traceRatio: 0, metricsPort: undefined },
  } as const;
  return startTelemetry(config, service, createLogger({ name: config.name, level: config.logLevel }));
}
