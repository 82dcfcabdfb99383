import type { CommandQueue, Delivery, EventLog, Publisher } from '@longspan/broker';
import type { UserId } from '@longspan/protocol';
import { AgentMetrics } from './agent-metrics.ts';
import type { AgentNotice } from './agent-notice.ts';
import type { AgentParts } from './agent-parts.ts';
import { AgentPublisher } from './agent-publisher.ts';
import { CommandRun } from './command-run.ts';
import { elapsedClock } from './elapsed-clock.ts';
import { AgentError } from './errors.ts';
import { OUTPUT_FLUSH_MS } from './output-buffer.ts';
import type { RunHandler } from './run.ts';
import { processStop, STOP_COMMAND } from './stop-command.ts';
import type { StopSignal } from './stop-signal.ts';

/** A command whose worker is silent for this long, in milliseconds, goes to another: longer than a leader election. */
const ACK_WAIT_MS = 20_000;
/** After this many attempts a command is buried. */
const ATTEMPTS_MAX = 5;
/** How many commands one worker works on at once. */
const CONCURRENCY = 16;
/** How long runs may go on, in milliseconds, once the worker was told to end. */
const DRAIN_MS = 20_000;
/** How many stop commands one worker looks into at once. */
const STOPS_CONCURRENCY = 32;

export interface AgentOptions {
  readonly queue: CommandQueue;
  readonly publisher: Publisher;
  /** Where a run's past is looked up, so that a redelivered command answers once. */
  readonly log: EventLog;
  readonly stops: StopSignal;
  /** The command types that this agent answers; it leaves all others to agents of another name. */
  readonly types: readonly string[];
  readonly handle: RunHandler;
  /** Workers that share a name share the work. [a-z0-9-]{1,32}; `agents` by default. */
  readonly name?: string;
  /** This worker's own name, told in the events. */
  readonly worker: string;
  readonly concurrency?: number;
  readonly ackWaitMs?: number;
  readonly attemptsMax?: number;
  readonly drainMs?: number;
  readonly outputFlushMs?: number;
  /** Resolves when the broker has everything that was sent to it before: `() => nc.flush()`. */
  readonly confirm: () => Promise<void>;
  readonly onNotice?: (notice: AgentNotice) => void;
  readonly random?: () => number;
  /** Ends the agent: it takes nothing more, finishes its runs within `drainMs` and hands back the rest. */
  readonly signal: AbortSignal;
}

/**
 * Takes commands and has them answered until the signal aborts; resolves when the last run is finished or handed
 * back. Rejects only if the queue fails for good. The ports stay the caller's: close them afterwards.
 */
export async function runAgent(options: AgentOptions): Promise<void> {
  const name = options.name ?? 'agents';
  await using publisher = new AgentPublisher(options.publisher, { source: `/longspan/agents/${name}` });
  using metrics = new AgentMetrics(options.queue, name);
  const parts: AgentParts = {
    queue: options.queue,
    publisher,
    log: options.log,
    stops: options.stops,
    handle: options.handle,
    types: options.types,
    name,
    worker: options.worker,
    concurrency: options.concurrency ?? CONCURRENCY,
    ackWaitMs: options.ackWaitMs ?? ACK_WAIT_MS,
    attemptsMax: options.attemptsMax ?? ATTEMPTS_MAX,
    drainMs: options.drainMs ?? DRAIN_MS,
    outputFlushMs: options.outputFlushMs ?? OUTPUT_FLUSH_MS,
    confirm: options.confirm,
    onNotice: (notice) => {
      metrics.noticed(notice);
      options.onNotice?.(notice);
    },
    metrics,
    random: options.random ?? Math.random,
    now: elapsedClock(),
  };
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const takers = [new RunTaker(parts).take(signal), takeStops(parts, signal)];
  try {
    await Promise.all(takers);
  } finally {
    failed.abort();
    await Promise.allSettled(takers);
  }
}

/** The commands that this worker answers. */
class RunTaker {
  readonly #parts: AgentParts;
  readonly #held = new Map<CommandRun, Promise<void>>();

  constructor(parts: AgentParts) {
    this.#parts = parts;
  }

  async take(signal: AbortSignal): Promise<void> {
    const { queue, name, ackWaitMs, concurrency } = this.#parts;
    using _ = this.#parts.stops.serve((user, runid) => this.#stop(user, runid));
    try {
      for await (const delivery of queue.take({ name, ackWaitMs, concurrency }, signal)) this.#hold(delivery);
    } finally {
      await this.#drain();
    }
  }

  #hold(delivery: Delivery): void {
    if (!this.#parts.types.includes(delivery.command.type)) {
      void delivery.ack().catch(() => undefined);
      return;
    }
    const command = new CommandRun(this.#parts, delivery);
    const ended = this.#parts.metrics.began(delivery);
    const done = command.process().finally(() => {
      ended();
      command[Symbol.dispose]();
      this.#held.delete(command);
    });
    this.#held.set(command, done);
  }

  async #stop(user: UserId, runid: string): Promise<boolean> {
    const mine = [...this.#held.keys()].filter(({ run }) => run.id === runid && run.user === user);
    await Promise.all(mine.map(({ run }) => run.stop()));
    return mine.length > 0;
  }

  /** Lets the runs finish, then hands back what is left: another worker has it at once. */
  async #drain(): Promise<void> {
    const late = setTimeout(() => {
      for (const { run } of this.#held.keys()) {
        run.abandon(new AgentError('handed_back', 'this worker is going down', { retryable: true }));
      }
    }, this.#parts.drainMs);
    await Promise.allSettled(this.#held.values());
    clearTimeout(late);
  }
}

/**
 * Stop commands come through a consumer of their own, which sees all commands too: behind runs that fill every
 * worker, the command that would end one of them could otherwise not be taken.
 */
async function takeStops(parts: AgentParts, signal: AbortSignal): Promise<void> {
  const held = new Set<Promise<void>>();
  const options = { name: `${parts.name}-stops`, ackWaitMs: parts.ackWaitMs, concurrency: STOPS_CONCURRENCY };
  for await (const delivery of parts.queue.take(options, signal)) {
    const done = (
      delivery.command.type === STOP_COMMAND
        ? processStop(parts, delivery)
        : delivery.ack().catch(() => undefined)
    ).finally(() => held.delete(done));
    held.add(done);
  }
  await Promise.allSettled(held);
}
