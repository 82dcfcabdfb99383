import { headers, nuid, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { parseSeq, type Seq } from '@longspan/protocol';
import { BrokerError } from '../errors.ts';
import type { ShardId } from '../shard.ts';
import { barrierSubject, liveSubject } from '../subjects.ts';
import { serverHeaders } from './server-headers.ts';

const BARRIER_TIMEOUT_MS = 1_000;

interface Flight {
  readonly token: string;
  readonly resolve: (seq: Seq) => void;
  readonly reject: (error: BrokerError) => void;
}

/**
 * The barrier of one shard: a tiny message into the stream, awaited on the live path. It travels on the connection
 * that carries the subscriptions and comes back in the order in which the stream's leader republishes, so that its
 * return proves everything that `EventLog.barrier` promises. Calls that come while one is out share the next one.
 */
export class Barrier implements Disposable {
  readonly #nc: NatsConnection;
  readonly #subject: string;
  readonly #subscription: Subscription;
  readonly #headers = headers();
  #connected = true;
  #flight: Flight | undefined;
  #current: Promise<Seq> | undefined;
  #next: Promise<Seq> | undefined;

  /** @param edge names this process among all that ever ran: a token without dots. */
  constructor(nc: NatsConnection, shard: ShardId, edge: string) {
    this.#nc = nc;
    this.#subject = barrierSubject(shard, edge);
    this.#headers.set('Nats-Rollup', 'sub');
    this.#subscription = nc.subscribe(liveSubject(this.#subject), {
      callback: (error, message) => {
        if (error !== null || message.string() !== this.#flight?.token) return;
        const seq = parseSeq(Number(serverHeaders(message)?.last('Nats-Sequence') || Number.NaN));
        if (seq !== undefined) this.#flight.resolve(seq);
      },
    });
  }

  get subject(): string {
    return this.#subject;
  }

  /** A barrier does not survive a disconnect, whether it was committed or not. */
  set connected(connected: boolean) {
    this.#connected = connected;
    if (!connected) this.#flight?.reject(disconnected());
  }

  pass(): Promise<Seq> {
    if (this.#next !== undefined) return this.#next;
    if (this.#current === undefined) return this.#launch();
    const launch = () => this.#launch();
    this.#next = this.#current.then(launch, launch);
    return this.#next;
  }

  #launch(): Promise<Seq> {
    this.#next = undefined;
    const token = nuid.next();
    const { promise, resolve, reject } = Promise.withResolvers<Seq>();
    const timer = setTimeout(
      () =>
        reject(new BrokerError('timeout', 'the log did not commit a barrier: no quorum, or cut off from it')),
      BARRIER_TIMEOUT_MS,
    );
    this.#flight = { token, resolve, reject };
    const current = promise.finally(() => {
      clearTimeout(timer);
      this.#flight = undefined;
      this.#current = undefined;
    });
    this.#current = current;
    if (!this.#connected || this.#nc.isClosed()) reject(disconnected());
    else this.#nc.publish(this.#subject, token, { headers: this.#headers });
    return current;
  }

  [Symbol.dispose](): void {
    this.#subscription.unsubscribe();
  }
}

function disconnected(): BrokerError {
  return new BrokerError('disconnected', 'there is no connection to NATS');
}
