import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ServiceStatus } from '@longspan/protocol';
import { metrics } from '@opentelemetry/api';
import { RuntimeNodeInstrumentation } from '@opentelemetry/instrumentation-runtime-node';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import type { Logger } from 'pino';
import manifest from '../package.json' with { type: 'json' };
import type { CommonConfig } from './common-config.ts';
import { MetricsReader } from './metrics-reader.ts';

const ENDPOINT = '/metrics';
/** How often the event loop is looked at; each look wakes the process, so not too often. */
const LOOP_LOOKED_AT_EVERY_MS = 20;

export interface Metrics extends AsyncDisposable {
  /** How this process is now. */
  status(): Promise<ServiceStatus>;
}

/**
 * Starts the metrics SDK for this process and, where a port is configured, Prometheus' endpoint; rejects if the port
 * cannot be had.
 */
export async function startMetrics(
  { telemetry, name, mode }: Pick<CommonConfig, 'telemetry' | 'name' | 'mode'>,
  service: string,
  logger: Logger,
): Promise<Metrics> {
  const reader = new MetricsReader();
  const provider = new MeterProvider({
    resource: resourceFromAttributes({
      'service.name': service,
      'service.namespace': 'longspan',
      'service.instance.id': name,
      'service.version': manifest.version,
    }),
    readers: [reader],
  });
  metrics.setGlobalMeterProvider(provider);
  const runtime = new RuntimeNodeInstrumentation({ monitoringPrecision: LOOP_LOOKED_AT_EVERY_MS });
  runtime.setMeterProvider(provider);
  const memory = { description: 'Resident memory.', unit: 'By' };
  metrics
    .getMeter('longspan')
    .createObservableGauge('process.memory.usage', memory)
    .addCallback((result) => result.observe(process.memoryUsage.rss()));

  const endpoint =
    telemetry.metricsPort === undefined
      ? undefined
      : await listen(reader, telemetry.metricsPort, mode === 'development' ? '127.0.0.1' : '0.0.0.0');
  if (endpoint !== undefined) logger.info({ port: endpoint.port }, `${service}.metrics.ready`);

  const startedMs = Math.round(performance.timeOrigin);
  return {
    async status() {
      const snapshot = await reader.snapshot();
      const { version } = manifest;
      return { service, name, version, startedMs, atMs: Date.now(), metrics: snapshot };
    },
    async [Symbol.asyncDispose]() {
      runtime.disable();
      endpoint?.[Symbol.dispose]();
      await provider.shutdown();
    },
  };
}

async function listen(
  reader: MetricsReader,
  port: number,
  host: string,
): Promise<Disposable & { readonly port: number }> {
  const server = createServer((request, response) => {
    if (request.url === ENDPOINT) reader.getMetricsRequestHandler(request, response);
    else response.writeHead(404).end();
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.dispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}
