import { connectNats, NatsStatusBoard, tellStatus } from '@longspan/broker';
import { TimedSpans, type Birth } from '@longspan/telemetry';
import type { HopTracerConfig } from './config.ts';
import { hopSpans } from './hop-spans.ts';
import { readTraceEvent } from './trace-event.ts';

/** Hop tracers share the work. */
const QUEUE = 'hop-tracer';
const SERVICE = 'nats';

/**
 * Turns what NATS servers tell of messages whose trace is kept (an account's `msg_trace`) into spans of those traces.
 * Disposing of it takes what has come, then sends what waits.
 */
export async function startHopTracer({
  config,
  logger,
  status,
}: Pick<Birth<HopTracerConfig>, 'config' | 'logger' | 'status'>): Promise<AsyncDisposable> {
  await using cleanup = new AsyncDisposableStack();
  const spans = cleanup.use(new TimedSpans(config.endpoint, logger));
  const nc = await connectNats({ ...config.nats, name: config.name });
  cleanup.defer(() => nc.close());
  const subscription = nc.subscribe(config.traceSubject, {
    queue: QUEUE,
    callback: (error, message) => {
      const event = error === null ? readTraceEvent(message.string()) : undefined;
      if (event === undefined) return logger.debug('hop-tracer.not_a_trace');
      for (const span of hopSpans(event)) spans.add(SERVICE, event.server.name, span);
    },
  });
  cleanup.defer(() => subscription.drain());
  cleanup.use(tellStatus(new NatsStatusBoard(nc), status));
  await nc.flush();
  const running = cleanup.move();
  return { [Symbol.asyncDispose]: () => running.disposeAsync() };
}
