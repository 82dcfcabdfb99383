import { context as contexts } from '@opentelemetry/api';
import {
  BrokerError,
  errorType,
  processCommandSpan,
  type Delivery,
  type LoggedEvent,
  type Operation,
} from '@longspan/broker';
import { TERMINAL_EVENT_TYPES } from '@longspan/protocol';
import { ActiveRun } from './active-run.ts';
import type { AgentParts } from './agent-parts.ts';
import { AgentError, leaseLost } from './errors.ts';
import { Lease } from './lease.ts';
import { retryDelayMs } from './retry-delay.ts';
import { runIdOf } from './run-id.ts';
import type { Run } from './run.ts';
import { planRun, readRun } from './run-record.ts';
import { readThread } from './thread-history.ts';
import { eventOf, mentions } from './user-history.ts';

/** This many times within an ack-wait the log is told that the work goes on: two may get lost. */
const BEATS_PER_ACK_WAIT = 4;
/**
 * A delivery can be swallowed before any attempt is made of it: a worker that is frozen still has requests out. Only
 * attempts count towards the bound, but so many deliveries for each are enough.
 */
const DELIVERIES_PER_ATTEMPT = 3;

/**
 * One command in this worker's hands, from its delivery until it is acknowledged, given back, buried or lost. It
 * never rejects. Every way out that this worker decides on leaves the run with its terminal event or to another
 * attempt, in this order: terminal event, then acknowledgement; a crash in between is found by the next look at the
 * run's record.
 */
export class CommandRun implements Disposable {
  readonly runid: string;
  readonly run: ActiveRun;
  readonly #parts: AgentParts;
  readonly #delivery: Delivery;
  readonly #lease: Lease;
  readonly #beat: NodeJS.Timeout;
  readonly #watch: Disposable;
  readonly #span: Operation;
  /** Attempts that were announced before this one. */
  #before = 0;
  /** Why the attempt failed. */
  #failure: unknown;

  constructor(parts: AgentParts, delivery: Delivery) {
    this.#parts = parts;
    this.#delivery = delivery;
    this.runid = runIdOf(delivery.command.user, delivery.command.id);
    this.#span = processCommandSpan(delivery.command);
    this.#lease = new Lease(parts.ackWaitMs, parts.now);
    this.run = new ActiveRun({
      id: this.runid,
      delivery,
      publisher: parts.publisher,
      lease: this.#lease,
      worker: parts.worker,
      outputFlushMs: parts.outputFlushMs,
      context: this.#span.context,
      readThread: (run) => this.#thread(run),
    });
    this.#watch = parts.log.subscribe(delivery.command.user, (live) => this.#onLive(live));
    delivery.working();
    this.#beat = setInterval(() => this.#renew(), parts.ackWaitMs / BEATS_PER_ACK_WAIT);
  }

  /** Everything in it happens in the attempt's span: what a handler asks of others can be followed, too. */
  process(): Promise<void> {
    return contexts.with(this.#span.context, async () => {
      await this.#process();
      this.#endSpan();
    });
  }

  async #process(): Promise<void> {
    try {
      const outcome = await this.#attempt();
      if (outcome === 'over') this.#notice('run_over');
      else if (outcome === 'superseded') return this.#letGo('run_superseded');
      await this.#settle(this.#delivery.ack());
    } catch (error) {
      await this.#settleFailure(error);
    }
  }

  async #attempt(): Promise<'done' | 'over' | 'superseded'> {
    const { command, attempt } = this.#delivery;
    const freshness = attempt > 1 ? 'fresh' : 'as_kept';
    const record = await readRun(this.#parts.log, command.user, this.runid, freshness);
    const plan = planRun(record, this.#delivery);
    if (plan.kind !== 'run') return plan.kind;
    this.#before = plan.before;
    this.run.renumber(plan.attempt);
    if (this.#attemptsLeft < 0) {
      throw new AgentError('too_many_attempts', 'The agent gave up: every attempt ended without an answer.');
    }
    await this.run.begin();
    this.#notice('run_started');
    const completion = await this.#handled();
    if (this.run.failure !== undefined) throw this.run.failure;
    await this.run.complete(completion ?? {});
    this.#notice('run_completed');
    return 'done';
  }

  /** The handler's outcome, or the reason why the run is over before; a handler that does not listen is left behind. */
  async #handled() {
    const { signal } = this.run;
    const cut = Promise.withResolvers<never>();
    const onAbort = (): void => cut.reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      const handled = this.#parts.handle(this.run);
      handled.catch(() => undefined);
      return await Promise.race([handled, cut.promise]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  async #settleFailure(thrown: unknown): Promise<void> {
    const over = this.run.over;
    switch (over?.code) {
      case undefined:
        return this.#fail(this.run.failure ?? thrown);
      case 'lease_lost':
        return this.#letGo('run_lost');
      case 'handed_back':
        this.#delivery.retry(0);
        return this.#notice('run_handed_back');
      case 'ended_elsewhere':
        this.#notice('run_over');
        return this.#settle(this.#delivery.ack());
      case 'stopped':
        return this.#settleStop();
      default:
        // It was to end, and the log did not take the terminal event.
        return this.#retry(thrown);
    }
  }

  async #settleStop(): Promise<void> {
    try {
      await this.run.stop();
    } catch (error) {
      return this.#retry(error);
    }
    this.#notice('run_stopped');
    await this.#settle(this.#delivery.ack());
  }

  async #fail(thrown: unknown): Promise<void> {
    const error = agentErrorOf(thrown);
    const last = this.#attemptsLeft <= 0;
    if (error.retryable && !last) return this.#retry(thrown, error.retryAfterMs);
    try {
      await this.run.fail(error);
    } catch (failure) {
      return this.#retry(failure);
    }
    this.#failure = error;
    this.#parts.onNotice({ type: last ? 'run_buried' : 'run_failed', ...this.#ids(), error: thrown });
    await this.#settle(last ? this.#delivery.bury(`${error.code}: ${error.message}`) : this.#delivery.ack());
  }

  /** How many more attempts may follow this one; negative if this one is one too many. */
  get #attemptsLeft(): number {
    const { attemptsMax } = this.#parts;
    const deliveriesLeft = attemptsMax * DELIVERIES_PER_ATTEMPT - this.#delivery.attempt;
    return Math.min(attemptsMax - this.#before - 1, deliveriesLeft);
  }

  /** A lost acknowledgement costs a redelivery that finds the run over. */
  async #settle(settled: Promise<void>): Promise<void> {
    await settled.catch(() => undefined);
  }

  #retry(error: unknown, afterMs = 0): void {
    if (this.run.over?.code === 'lease_lost' || !this.#lease.held) return this.#letGo('run_lost');
    const delayMs = Math.max(afterMs, retryDelayMs(this.#delivery.attempt, this.#parts.random()));
    this.run.abandon(new AgentError('retried', 'this attempt has failed', { retryable: true }));
    this.#delivery.retry(delayMs);
    this.#failure = error;
    this.#parts.onNotice({ type: 'run_retried', ...this.#ids(), delayMs, error });
  }

  /**
   * Frees our hands of a command that somebody else may hold. To ask for it again after a whole ack-wait is what a
   * work-in-progress signal says too: it does not take the command from its holder, as handing it back would.
   */
  #letGo(why: 'run_superseded' | 'run_lost'): void {
    this.#delivery.retry(this.#parts.ackWaitMs);
    this.#notice(why);
  }

  /**
   * Whoever else publishes for this run has taken it over or ended it. The lease finds that out by time alone; the
   * log tells it at once, also when this worker was paused and its clock has not been looked at yet.
   */
  #onLive(live: LoggedEvent): void {
    if (!mentions(live, this.runid)) return;
    const event = eventOf(live);
    if (event?.runid !== this.runid) return;
    if (TERMINAL_EVENT_TYPES.some((type) => type === event.type)) {
      this.run.abandon(new AgentError('ended_elsewhere', 'somebody else has ended the run'));
    } else if ((event.attempt ?? 0) > this.run.attempt) {
      this.run.abandon(leaseLost());
    }
  }

  #endSpan(): void {
    const { id, attempt, textEvents } = this.run;
    this.#span.set({
      'longspan.run': id,
      'longspan.attempt': attempt,
      'longspan.text_events': textEvents,
    });
    if (this.#failure === undefined) this.#span.end();
    else this.#span.fail(errorType(this.#failure), { 'longspan.run': id, 'longspan.attempt': attempt });
  }

  #renew(): void {
    if (!this.#lease.held) {
      clearInterval(this.#beat);
      this.run.abandon(leaseLost());
      return;
    }
    const sentAt = this.#parts.now();
    this.#delivery.working();
    this.#parts.confirm().then(
      () => this.#lease.renew(sentAt),
      () => undefined,
    );
  }

  async #thread(run: Run) {
    const threadid = run.command.threadid;
    if (threadid === undefined) return [];
    return readThread(this.#parts.log, run.user, { threadid, exceptRun: run.id });
  }

  #ids() {
    return { runid: this.runid, attempt: this.run.attempt };
  }

  #notice(
    type:
      | 'run_started'
      | 'run_completed'
      | 'run_stopped'
      | 'run_over'
      | 'run_superseded'
      | 'run_lost'
      | 'run_handed_back',
  ): void {
    this.#parts.onNotice({ type, ...this.#ids() });
  }

  [Symbol.dispose](): void {
    clearInterval(this.#beat);
    this.#watch[Symbol.dispose]();
  }
}

/** A fault that nobody foresaw is tried again: the next worker may fare better, and attempts are bounded. */
function agentErrorOf(thrown: unknown): AgentError {
  if (thrown instanceof AgentError) return thrown;
  if (thrown instanceof BrokerError) {
    const message = 'The answer could not be published.';
    return new AgentError(thrown.code, message, { retryable: thrown.retryable, cause: thrown });
  }
  return new AgentError('internal', 'The agent failed.', { retryable: true, cause: thrown });
}
