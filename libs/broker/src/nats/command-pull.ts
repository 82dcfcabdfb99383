import { nanos, type Msg, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { newInbox } from './inbox.ts';
import { serverHeaders } from './server-headers.ts';

/**
 * A pull request lives this long, unless it is filled before; the server says every heartbeat that it has it. For as long,
 * a worker that froze goes on being given commands, which others get only after an ack-wait each.
 */
const EXPIRES_MS = 5_000;
const HEARTBEAT_MS = 2_000;
/** Two heartbeats missed and some slack: the server that had the request is gone, or has forgotten it. */
const SILENCE_MAX_MS = 5_000;

/** A status that only says that the pull request still waits. */
const STATUS_HEARTBEAT = 100;
/** The pull request's time is up: nothing is wrong. */
const STATUS_EXPIRED = 408;

export interface PullHandlers {
  readonly onMessage: (message: Msg) => void;
  /** Nothing more comes of this request. `asExpected`: its time was up, or it was filled. */
  readonly onEnd: (pull: CommandPull, asExpected: boolean) => void;
}

/** One pull request: up to `wanted` messages of a durable consumer. Neither handler may throw. */
export class CommandPull {
  readonly #subscription: Subscription;
  readonly #handlers: PullHandlers;
  #remaining: number;
  #heardMs = performance.now();
  #ended = false;

  constructor(nc: NatsConnection, stream: string, consumer: string, wanted: number, handlers: PullHandlers) {
    this.#remaining = wanted;
    this.#handlers = handlers;
    const inbox = newInbox(nc);
    this.#subscription = nc.subscribe(inbox, { callback: (_, message) => this.#onReply(message) });
    const request = { batch: wanted, expires: nanos(EXPIRES_MS), idle_heartbeat: nanos(HEARTBEAT_MS) };
    nc.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`, JSON.stringify(request), { reply: inbox });
  }

  /** How many messages may still come. */
  get remaining(): number {
    return this.#ended ? 0 : this.#remaining;
  }

  /** Ends it if the server has been silent for too long. */
  tick(nowMs: number): void {
    if (nowMs - this.#heardMs > SILENCE_MAX_MS) this.#end(false);
  }

  /** What was sent before the connection was lost may have been lost with it. */
  abandon(): void {
    this.#end(false);
  }

  /** Takes no more messages and tells nobody. */
  close(): void {
    this.#ended = true;
    this.#subscription.unsubscribe();
  }

  #onReply(message: Msg): void {
    if (this.#ended) return;
    this.#heardMs = performance.now();
    const status = serverHeaders(message)?.code ?? 0;
    if (status === STATUS_HEARTBEAT) return;
    if (status !== 0) {
      this.#end(status === STATUS_EXPIRED);
      return;
    }
    this.#remaining -= 1;
    this.#handlers.onMessage(message);
    if (this.#remaining === 0) this.#end(true);
  }

  #end(asExpected: boolean): void {
    if (this.#ended) return;
    this.close();
    this.#handlers.onEnd(this, asExpected);
  }
}
