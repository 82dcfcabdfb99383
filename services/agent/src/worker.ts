import { openBroker, tellStatus } from '@longspan/broker';
import { NatsStopSignal, runAgent, type AgentNotice, type RunHandler } from '@longspan/agent';
import { unreachable } from '@longspan/protocol';
import { patiently, type Birth, type Logger } from '@longspan/telemetry';
import { builtinRuntime } from './builtin/builtin-runtime.ts';
import { CHAT_COMMAND } from './chat-text.ts';
import type { Config } from './config.ts';
import { openaiRuntime } from './openai/openai-runtime.ts';
import { makeToolbox } from './tools/toolbox.ts';

/**
 * Brings a worker up: NATS, the streams, then the queue of commands. Disposing of it drains it: it takes nothing more,
 * finishes its runs or hands them back, then NATS.
 * @param onFailure told if the worker cannot go on.
 */
export async function startWorker(
  { config, logger, status }: Pick<Birth<Config>, 'config' | 'logger' | 'status'>,
  onFailure: (error: unknown) => void,
): Promise<AsyncDisposable> {
  await using cleanup = new AsyncDisposableStack();
  const { topology } = config;
  const nats = { ...config.nats, name: config.name };
  const broker = cleanup.use(await patiently('open_broker', logger, () => openBroker({ nats, topology })));
  cleanup.use(tellStatus(broker.status, status));
  const stopping = new AbortController();
  const running = runAgent({
    queue: broker.queue,
    publisher: broker.publisher,
    log: broker.log,
    stops: new NatsStopSignal(broker.nats),
    types: [CHAT_COMMAND],
    handle: runtimeOf(config.runtime),
    name: config.queue,
    worker: config.name,
    concurrency: config.concurrency,
    ackWaitMs: config.ackWaitMs,
    attemptsMax: config.attemptsMax,
    drainMs: config.drainMs,
    confirm: () => broker.nats.flush(),
    onNotice: (notice) => logNotice(logger, notice),
    signal: stopping.signal,
  });
  running.catch((error: unknown) => onFailure(error));
  cleanup.defer(async () => {
    stopping.abort();
    await running;
  });
  const owned = cleanup.move();
  return { [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

function runtimeOf(runtime: Config['runtime']): RunHandler {
  const tools = makeToolbox(() => Date.now());
  switch (runtime.kind) {
    case 'builtin':
      return builtinRuntime(tools, runtime.paceMs);
    case 'openai':
      return openaiRuntime(runtime.endpoint, tools, runtime.silenceMs);
    default:
      return unreachable(runtime);
  }
}

function logNotice(logger: Logger, { type, ...fields }: AgentNotice): void {
  const { error, ...ids } = { error: undefined, ...fields };
  const line = error === undefined ? ids : { ...ids, err: error };
  if (type === 'run_failed' || type === 'run_buried' || type === 'stop_failed')
    logger.error(line, `agent.${type}`);
  else if (type === 'run_retried' || type === 'run_lost' || type === 'stop_refused')
    logger.warn(line, `agent.${type}`);
  else logger.info(line, `agent.${type}`);
}
