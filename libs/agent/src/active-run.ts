/*
 *              begin()                 complete(), fail(), stop()
 *   opening ────────────▶ running ──────────────────────────────▶ ended      its terminal event is published
 *      │                     │
 *      └──── stop() ──▶ ended└── abandon() ──▶ abandoned                     it publishes nothing any more
 */
import type { Context } from '@opentelemetry/api';
import { EVENT_BYTES_MAX, withoutSpans, type Delivery } from '@longspan/broker';
import { TERMINAL_EVENT_TYPES, type UserId } from '@longspan/protocol';
import type { AgentPublisher } from './agent-publisher.ts';
import { AgentError, leaseLost } from './errors.ts';
import type { EventDraft } from './event-draft.ts';
import type { Lease } from './lease.ts';
import { OutputBuffer } from './output-buffer.ts';
import type { Completion, Run } from './run.ts';
import { terminalEvent } from './terminal-event.ts';
import type { Turn } from './thread-history.ts';

/** More of the text said so far is not repeated in the event that tells of a stop, in UTF-16 units. */
const STOPPED_TEXT_CHARS_MAX = 32 * 1024;
/** The most a handler may say in the end, in bytes of JSON: an event's limit less its own attributes. */
const COMPLETION_BYTES_MAX = EVENT_BYTES_MAX - 4 * 1024;
const FAILURE_CHARS_MAX = 1_000;
const TERMINAL: readonly string[] = TERMINAL_EVENT_TYPES;

type State =
  | { readonly kind: 'opening' }
  | { readonly kind: 'running' }
  | { readonly kind: 'ended'; readonly why: AgentError; readonly committed: Promise<void> }
  | { readonly kind: 'abandoned'; readonly why: AgentError };

export interface ActiveRunParts {
  readonly id: string;
  readonly delivery: Delivery;
  readonly publisher: AgentPublisher;
  readonly lease: Lease;
  /** The worker's name, told in every event of the run. */
  readonly worker: string;
  readonly outputFlushMs: number;
  /** In which trace its events are published. */
  readonly context: Context;
  readonly readThread: (run: Run) => Promise<readonly Turn[]>;
}

/**
 * The publishing half of an attempt. Event ids are `<run>.<attempt>.<n>`, so that a publish that is repeated is one
 * event; the terminal event's is `<run>.end`, without the attempt, so that of all attempts that get that far one is
 * committed. Before every publish the lease is looked at, and a publish is tried no longer than the lease lasts: a
 * worker that was stopped and goes on later finds that it has lost the run instead of talking into its successor's.
 */
export class ActiveRun implements Run {
  readonly id: string;
  readonly #parts: ActiveRunParts;
  readonly #abort = new AbortController();
  readonly #output: OutputBuffer;
  #state: State = { kind: 'opening' };
  #failure: unknown;
  #attempt: number;
  #events = 0;
  #calls = 0;
  #said = '';
  #textEvents = 0;

  constructor(parts: ActiveRunParts) {
    this.id = parts.id;
    this.#parts = parts;
    this.#attempt = parts.delivery.attempt;
    this.#output = new OutputBuffer((text, index) => this.#say(text, index), parts.outputFlushMs);
  }

  get user(): UserId {
    return this.#parts.delivery.command.user;
  }

  get command() {
    return this.#parts.delivery.command;
  }

  get attempt(): number {
    return this.#attempt;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Why the run is over, undefined while it is not. */
  get over(): AgentError | undefined {
    return this.#state.kind === 'ended' || this.#state.kind === 'abandoned' ? this.#state.why : undefined;
  }

  /** The first publish that failed: an attempt with a hole in it must not end as completed. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Pieces of text that were published: too many to be spans. */
  get textEvents(): number {
    return this.#textEvents;
  }

  /** Sets the number under which the attempt goes, once the log has been asked; that of the delivery until then. */
  renumber(attempt: number): void {
    this.#attempt = attempt;
  }

  /** Announces the attempt. */
  async begin(): Promise<void> {
    if (this.#state.kind !== 'opening') throw this.over ?? new TypeError('a run begins once');
    this.#state = { kind: 'running' };
    const { command, seq } = this.#parts.delivery;
    const text: unknown =
      typeof command.data === 'object' && command.data !== null && 'text' in command.data
        ? command.data.text
        : undefined;
    await this.#publish('agent_started', {
      ...(typeof text === 'string' ? { input: text } : {}),
      commandid: command.id,
      commandseq: seq,
      attempt: this.#attempt,
    });
  }

  emit(type: string, data?: unknown): Promise<void> {
    if (TERMINAL.includes(type) || type === 'agent_started') {
      return optional(Promise.reject(new TypeError(`a run's ${type} is the library's to publish`)));
    }
    this.#output.flush();
    return this.#publish(type, data);
  }

  output(text: string): Promise<void> {
    return optional(this.#write(text));
  }

  async #write(text: string): Promise<void> {
    this.#assertOpen();
    if (this.#said.length < STOPPED_TEXT_CHARS_MAX) this.#said += text;
    await this.#output.write(text);
    this.#assertOpen();
  }

  think(text: string): Promise<void> {
    return this.emit('agent_thinking', { text });
  }

  tool<T>(tool: string, input: unknown, work: () => T | Promise<T>): Promise<T> {
    return optional(this.#callTool(tool, input, work));
  }

  async #callTool<T>(tool: string, input: unknown, work: () => T | Promise<T>): Promise<T> {
    const callid = `${this.#attempt}.${++this.#calls}`;
    await this.emit('tool_executing', { tool, input, callid });
    let output: T;
    try {
      output = await work();
    } catch (error) {
      await this.emit('tool_completed', {
        tool,
        callid,
        error: error instanceof Error ? error.message : String(error),
      });
      throw error;
    }
    await this.emit('tool_completed', { tool, output, callid });
    return output;
  }

  thread(): Promise<readonly Turn[]> {
    return this.#parts.readThread(this);
  }

  /** Ends the run as done. Resolves after the commit of the terminal event. */
  async complete(completion: Completion): Promise<void> {
    const bytes = Buffer.byteLength(JSON.stringify(completion));
    if (bytes > COMPLETION_BYTES_MAX)
      throw new AgentError('answer_too_big', 'The answer is too large to be sent.');
    this.#output.flush();
    return this.#end(new AgentError('completed', 'the run is completed'), 'agent_completed', completion);
  }

  /** Ends the run as failed for good. */
  fail(error: AgentError): Promise<void> {
    this.#output.flush();
    const message = error.message.slice(0, FAILURE_CHARS_MAX);
    const data = { code: error.code, message, retryable: error.retryable };
    return this.#end(error, 'agent_failed', data);
  }

  /** Ends the run because somebody asked; its handler is told by the signal and not waited for. */
  async stop(): Promise<void> {
    this.#output.flush();
    const text = this.#said.slice(0, STOPPED_TEXT_CHARS_MAX);
    const why = new AgentError('stopped', 'the run was stopped');
    await this.#end(why, 'agent_completed', { stopped: true, text });
  }

  /** From now on this attempt publishes nothing: it is somebody else's, or will be. */
  abandon(why: AgentError): void {
    if (this.over !== undefined) return;
    this.#state = { kind: 'abandoned', why };
    this.#output.discard();
    this.#abort.abort(why);
  }

  async #end(why: AgentError, type: 'agent_completed' | 'agent_failed', data: object): Promise<void> {
    if (this.#state.kind === 'abandoned') throw this.#state.why;
    if (this.#state.kind === 'ended') return this.#state.committed;
    const committed = this.#send(terminalEvent(this, type, data, this.#parts.worker));
    this.#state = { kind: 'ended', why, committed };
    this.#abort.abort(why);
    return committed;
  }

  #say(text: string, index: number): Promise<void> {
    this.#textEvents++;
    return this.#publish('agent_output', { text, index }, withoutSpans(this.#parts.context));
  }

  #publish(type: string, data: unknown, context = this.#parts.context): Promise<void> {
    try {
      this.#assertOpen();
    } catch (reason) {
      return optional(Promise.reject(reason));
    }
    const draft = {
      type,
      data,
      id: `${this.id}.${this.#attempt}.${this.#events++}`,
      runid: this.id,
      attempt: this.#attempt,
      worker: this.#parts.worker,
      ...(this.command.threadid === undefined ? {} : { threadid: this.command.threadid }),
    };
    const sent = this.#send(draft, context);
    sent.catch((error: unknown) => {
      this.#failure ??= error;
      this.#abort.abort(error);
    });
    return sent;
  }

  #send(draft: EventDraft, context = this.#parts.context): Promise<void> {
    return optional(
      this.#parts.publisher
        .publish(this.user, draft, {
          remainingMs: () => (this.#state.kind === 'abandoned' ? 0 : this.#parts.lease.remainingMs),
          context,
        })
        .then(() => undefined),
    );
  }

  #assertOpen(): void {
    if (this.over !== undefined) throw this.over;
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#parts.lease.held) return;
    this.abandon(leaseLost());
    throw this.over;
  }
}

/** A promise that a caller may leave unawaited: the run's signal tells of the failure too. */
function optional<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
