import { decideRoots } from '@longspan/broker';
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';
import type { CommonConfig } from './common-config.ts';
import { KeepingSampler } from './sampler.ts';
import { SpanExport } from './span-export.ts';

/** A batch's `send` links to each of its events. */
const LINKS_MAX = 1_024;

/**
 * Starts the tracing SDK for this process. Without an endpoint no span is made, but a caller's context still travels
 * on. Disposing of it sends what waits.
 */
export function startTracing(
  { telemetry, name }: Pick<CommonConfig, 'telemetry' | 'name'>,
  service: string,
  logger: Logger,
): AsyncDisposable {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  if (telemetry.otlpEndpoint === undefined) return { [Symbol.asyncDispose]: () => Promise.resolve() };
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': service,
      'service.namespace': 'longspan',
      'service.instance.id': name,
    }),
    sampler: new KeepingSampler(telemetry.traceRatio),
    spanLimits: { linkCountLimit: LINKS_MAX },
    spanProcessors: [new SpanExport(telemetry.otlpEndpoint, logger)],
  });
  trace.setGlobalTracerProvider(provider);
  const decision = decideRoots(telemetry.traceRatio);
  return {
    async [Symbol.asyncDispose]() {
      decision[Symbol.dispose]();
      await provider.shutdown();
    },
  };
}
