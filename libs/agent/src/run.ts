import type { Command } from '@longspan/broker';
import type { UserId } from '@longspan/protocol';
import type { Turn } from './thread-history.ts';

/** What a handler may say of a run that it has finished; it becomes the data of `agent_completed`. */
export interface Completion {
  /** The whole answer. */
  readonly text?: string;
  /** What it cost, such as a language model's tokens. */
  readonly usage?: Readonly<Record<string, number>>;
}

/**
 * One attempt to answer one command, as a handler sees it. The library has announced it (`agent_started`) and will end
 * it: with `agent_completed` when the handler returns, with `agent_failed` when it has failed for good.
 *
 * Everything that publishes does so in call order and resolves after the commit; awaiting is optional. Once the run
 * is over (`signal`), publishing rejects with an `AgentError`, and a handler does best to let that pass.
 */
export interface Run {
  /** The same for every attempt. */
  readonly id: string;
  readonly user: UserId;
  readonly command: Command;
  /** 1 the first time. */
  readonly attempt: number;
  /**
   * Aborts when the attempt is over before the handler is done: its reason is an `AgentError` with the code `stopped`
   * (somebody asked), `lease_lost` (another worker has the command), `ended_elsewhere`, `handed_back` (this worker is
   * going down), or that of a publish that failed. A reader that disconnects aborts nothing.
   */
  readonly signal: AbortSignal;
  /** Publishes an event of the run. Not for the events with which a run begins and ends. */
  emit(type: string, data?: unknown): Promise<void>;
  /** Says something: `agent_output` events with the text in pieces. Resolves at once while the log keeps up. */
  output(text: string): Promise<void>;
  /** `agent_thinking`. */
  think(text: string): Promise<void>;
  /** `tool_executing`, then what `work` yields as `tool_completed` (its error likewise, before it is thrown on). */
  tool<T>(tool: string, input: unknown, work: () => T | Promise<T>): Promise<T>;
  /** What was said in this thread before, oldest first; empty without a thread. */
  thread(): Promise<readonly Turn[]>;
}

export type RunHandler = (run: Run) => Promise<Completion | void>;
