import type { CommandQueue, EventLog } from '@longspan/broker';
import type { AgentMetrics } from './agent-metrics.ts';
import type { AgentNotice } from './agent-notice.ts';
import type { AgentPublisher } from './agent-publisher.ts';
import type { RunHandler } from './run.ts';
import type { StopSignal } from './stop-signal.ts';

/** How an agent works, with every default filled in. */
export interface AgentParts {
  readonly queue: CommandQueue;
  readonly publisher: AgentPublisher;
  readonly log: EventLog;
  readonly stops: StopSignal;
  readonly handle: RunHandler;
  readonly types: readonly string[];
  readonly name: string;
  readonly worker: string;
  readonly concurrency: number;
  readonly ackWaitMs: number;
  readonly attemptsMax: number;
  readonly drainMs: number;
  readonly outputFlushMs: number;
  readonly confirm: () => Promise<void>;
  readonly metrics: AgentMetrics;
  readonly onNotice: (notice: AgentNotice) => void;
  readonly random: () => number;
  readonly now: () => number;
}
