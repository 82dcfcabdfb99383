import type { Context } from '@opentelemetry/api';
import type { UserId } from '@longspan/protocol';

/** What a client's `send` becomes in the log. `id` is the client's; with the user it names the command. */
export interface Command {
  readonly id: string;
  readonly user: UserId;
  readonly type: string;
  readonly data?: unknown;
  readonly threadid?: string;
  /** W3C trace context of its `send`; the writer's to say. */
  readonly traceparent?: string;
  /** RFC 3339, by the edge's clock. */
  readonly time: string;
}

export interface CommandReceipt {
  /** The command's sequence in the log of commands, with that log's epoch: `<epoch>-<seq>`. */
  readonly position: string;
  readonly duplicate: boolean;
}

/** The port by which edges write commands (G7). */
export interface CommandWriter extends AsyncDisposable {
  /** Resolves after the commit. Commands of one user commit in call order. Rejects with a `BrokerError`. */
  send(command: NewCommand, options?: SendOptions): Promise<CommandReceipt>;
}

export type NewCommand = Omit<Command, 'traceparent'>;

export interface SendOptions {
  /** How long to go on trying, in milliseconds. */
  readonly budgetMs?: number;
  /** In which trace it happens; the active context by default. */
  readonly context?: Context;
}

/** A command in an agent's hands. */
export interface Delivery {
  readonly command: Command;
  /** 1 the first time; more if an earlier holder failed or vanished. */
  readonly attempt: number;
  /** Its sequence in the log of commands: a name for the run that a redelivery repeats. */
  readonly seq: number;
  /** Still working on it: the command is not given to anybody else for another ack-wait. */
  working(): void;
  /** Done. Resolves when the log knows it. */
  ack(): Promise<void>;
  /** Failed: give it to somebody again after a delay. */
  retry(delayMs: number): void;
  /** Given up: it goes to the dead letters with a reason, and is not delivered again. */
  bury(reason: string): Promise<void>;
}

export interface QueueOptions {
  /** Agents that share a name share the work. */
  readonly name: string;
  /** A command whose holder is silent for this long goes to another. */
  readonly ackWaitMs: number;
  /** At most this many commands in one process's hands. */
  readonly concurrency: number;
}

/** The port by which agents take commands. */
export interface CommandQueue {
  /** Yields commands until the signal aborts; survives reconnects, leader changes and a recreated consumer. */
  take(options: QueueOptions, signal: AbortSignal): AsyncIterable<Delivery>;
  /** How many commands wait that no agent of this name has taken yet. Rejects with a `BrokerError`. */
  backlog(name: string): Promise<number>;
}
