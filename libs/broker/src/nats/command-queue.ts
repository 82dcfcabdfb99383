import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { setTimeout as delay } from 'node:timers/promises';
import { BrokerError } from '../errors.ts';
import type { CommandQueue, Delivery, QueueOptions } from '../port/commands.ts';
import { COMMANDS_STREAM } from '../subjects.ts';
import { ensureConsumer, readBacklog } from './command-consumer.ts';
import { bury, deliveryFacts, NatsDelivery, tell } from './command-delivery.ts';
import { decodeCommand } from './command-message.ts';
import { CommandPull } from './command-pull.ts';
import { CUT_OFF_MS, goToAnotherServer } from './cut-off.ts';

const TICK_MS = 1_000;
const RETRY_MS = 250;
/** How often the consumer is looked at while all is well, so that it can be made anew from where it was. */
const LOOK_MS = 30_000;

/** Takes commands from a durable consumer, on a connection that it does not own (G7). */
export class NatsCommandQueue implements CommandQueue {
  readonly #nc: NatsConnection;

  constructor(nc: NatsConnection) {
    this.#nc = nc;
  }

  backlog(name: string): Promise<number> {
    return readBacklog(this.#nc, name);
  }

  /** Ends when the signal aborts; throws only `closed` (the connection) and `misconfigured` (no such stream). */
  async *take(options: QueueOptions, signal: AbortSignal): AsyncIterable<Delivery> {
    if (signal.aborted) return;
    const taking = new Taking(this.#nc, options);
    const stop = () => taking.stop();
    signal.addEventListener('abort', stop, { once: true });
    try {
      for (;;) {
        const delivery = await taking.next();
        if (delivery === undefined) return;
        yield delivery;
      }
    } finally {
      signal.removeEventListener('abort', stop);
      taking.stop();
    }
  }
}

/** One `take`: pull requests are out for half of the free hands at least, and never for more than there are. */
class Taking {
  readonly #nc: NatsConnection;
  readonly #options: QueueOptions;
  readonly #pulls = new Set<CommandPull>();
  readonly #timer: NodeJS.Timeout;
  #waiting: NatsDelivery[] = [];
  /** Commands that were given out, or wait to be, and have not been let go of. */
  #inHands = 0;
  #doneUpTo = 0;
  #lookedMs = 0;
  /** While the consumer is being looked after, nothing is asked of it. */
  #looking = false;
  #state: 'taking' | 'stopped' | BrokerError = 'taking';
  #wake: (() => void) | undefined;

  constructor(nc: NatsConnection, options: QueueOptions) {
    this.#nc = nc;
    this.#options = options;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    void this.#watch();
    void this.#look(0);
  }

  /** The next command; undefined after `stop`. */
  async next(): Promise<NatsDelivery | undefined> {
    for (;;) {
      if (this.#state instanceof BrokerError) throw this.#state;
      if (this.#state === 'stopped') return undefined;
      const delivery = this.#waiting.shift();
      if (delivery !== undefined) return delivery;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Takes no more and gives back what nobody has seen yet. What is in somebody's hands stays there. */
  stop(): void {
    this.#end('stopped');
  }

  #end(state: 'stopped' | BrokerError): void {
    if (this.#state !== 'taking') return;
    this.#state = state;
    clearInterval(this.#timer);
    for (const pull of this.#pulls) pull.close();
    this.#pulls.clear();
    for (const delivery of this.#waiting.splice(0)) delivery.retry(0);
    this.#wake?.();
  }

  #pull(): void {
    if (this.#state !== 'taking' || this.#looking) return;
    let asked = 0;
    for (const pull of this.#pulls) asked += pull.remaining;
    const free = this.#options.concurrency - this.#inHands;
    // Asked for one by one, as hands become free, requests would only ever become more: each is made anew at its end.
    if (asked * 2 >= free) return;
    const wanted = free - asked;
    this.#pulls.add(
      new CommandPull(this.#nc, COMMANDS_STREAM, this.#options.name, wanted, {
        onMessage: (message) => this.#onMessage(message),
        onEnd: (pull, asExpected) => this.#onPullEnd(pull, asExpected),
      }),
    );
  }

  #onMessage(message: Msg): void {
    const facts = deliveryFacts(message.reply);
    if (facts === undefined) return;
    const command = decodeCommand(message);
    if (command === undefined) {
      // Whatever wrote it, nobody can read it. If burying fails now, it comes back.
      bury(this.#nc, message, facts, 'not a command', this.#options.ackWaitMs).catch(() =>
        tell(this.#nc, message, '-NAK'),
      );
      return;
    }
    let settled = false;
    const onSettled = () => {
      if (settled) return;
      settled = true;
      this.#inHands -= 1;
      this.#pull();
    };
    this.#inHands += 1;
    this.#waiting.push(
      new NatsDelivery(this.#nc, message, command, facts, this.#options.ackWaitMs, onSettled),
    );
    this.#wake?.();
  }

  #onPullEnd(pull: CommandPull, asExpected: boolean): void {
    this.#pulls.delete(pull);
    if (asExpected) this.#pull();
    else void this.#look(RETRY_MS);
  }

  /**
   * Makes sure that the consumer is there, for as long as that takes, and asks it again.
   * @param pauseMs a consumer that turns us away is not asked at once.
   */
  async #look(pauseMs: number): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    await delay(pauseMs);
    let sinceMs = performance.now();
    while (this.#state === 'taking') {
      try {
        this.#doneUpTo = await ensureConsumer(this.#nc, this.#options, this.#doneUpTo);
        this.#lookedMs = performance.now();
        break;
      } catch (error) {
        if (error instanceof BrokerError && error.code === 'misconfigured') this.#end(error);
      }
      if (performance.now() - sinceMs > CUT_OFF_MS && this.#state === 'taking') {
        sinceMs = performance.now();
        await goToAnotherServer(this.#nc);
      }
      await delay(RETRY_MS);
    }
    this.#looking = false;
    this.#pull();
  }

  #tick(): void {
    const nowMs = performance.now();
    for (const pull of this.#pulls) pull.tick(nowMs);
    if (nowMs - this.#lookedMs > LOOK_MS) void this.#look(0);
    else this.#pull();
  }

  async #watch(): Promise<void> {
    for await (const status of this.#nc.status()) {
      if (this.#state !== 'taking') return;
      if (status.type === 'reconnect') for (const pull of this.#pulls) pull.abandon();
    }
    this.#end(new BrokerError('closed', 'the connection to NATS was closed'));
  }
}
