import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import { parseSeq, SEQ_ZERO, type Seq } from '@longspan/protocol';
import { BrokerError } from '../errors.ts';
import { newInbox } from './inbox.ts';
import { publishedMsOf } from './published-time.ts';
import { serverHeaders } from './server-headers.ts';
import { traceOf } from './trace-header.ts';

/** A direct get as the server takes it (ADR-31). */
export interface DirectGetRequest {
  readonly seq?: number;
  readonly next_by_subj?: string;
  readonly multi_last?: readonly string[];
  readonly up_to_seq?: number;
  readonly batch?: number;
  readonly max_bytes?: number;
}

export interface StoredMessage {
  readonly seq: Seq;
  readonly subject: string;
  readonly data: Uint8Array;
  readonly publishedMs: number;
  readonly trace: string | undefined;
}

export interface Batch {
  readonly messages: readonly StoredMessage[];
  /** How many matching messages the replica holds after the last one here. */
  readonly pending: number;
  /** With `multi_last`: everything up to here was looked at. 0 where the server does not say. */
  readonly upTo: Seq;
}

const EMPTY_BATCH: Batch = { messages: [], pending: 0, upTo: SEQ_ZERO };
const SILENCE_MS = 2_000;
const CHECK_MS = 250;
const IN_FLIGHT_MAX = 64;

const STATUS_END_OF_BATCH = 204;
const STATUS_NOT_FOUND = 404;
const STATUS_NO_RESPONDERS = 503;

interface Pending {
  readonly messages: StoredMessage[];
  /** Whether every message named the one before it. */
  whole: boolean;
  lastHeardMs: number;
  readonly resolve: (batch: Batch) => void;
  readonly reject: (error: BrokerError) => void;
}

/**
 * Batched direct gets on one shared reply subject. The client library's own leave their subscription behind and hide
 * the end-of-batch headers, in which the server says how much is left and how fresh it is. At most `IN_FLIGHT_MAX`
 * requests are out at once: storms of reads stall the stream's writes.
 */
export class DirectGet implements Disposable {
  readonly #nc: NatsConnection;
  readonly #inbox: string;
  readonly #subscription: Subscription;
  readonly #pending = new Map<string, Pending>();
  readonly #waiting: (() => void)[] = [];
  readonly #timer: NodeJS.Timeout;
  #connected = true;
  #inFlight = 0;
  #count = 0;

  constructor(nc: NatsConnection) {
    this.#nc = nc;
    this.#inbox = newInbox(nc);
    this.#subscription = nc.subscribe(`${this.#inbox}.*`, {
      callback: (error, message) => {
        if (error === null) this.#onReply(message);
      },
    });
    this.#timer = setInterval(() => this.#dropSilent(), CHECK_MS);
    this.#timer.unref();
  }

  /** Resolves at the end of the batch; rejects with a `BrokerError` after 2 s of silence or on refusal. */
  async batch(stream: string, request: DirectGetRequest): Promise<Batch> {
    while (this.#inFlight >= IN_FLIGHT_MAX) await new Promise<void>((go) => this.#waiting.push(go));
    this.#inFlight++;
    try {
      return await this.#send(stream, request);
    } finally {
      this.#inFlight--;
      this.#waiting.shift()?.();
    }
  }

  /** Answers do not survive a disconnect: whoever waits is told at once, and asks again when there is a connection. */
  set connected(connected: boolean) {
    this.#connected = connected;
    if (!connected) this.#rejectAll(disconnected());
  }

  #send(stream: string, request: DirectGetRequest): Promise<Batch> {
    if (!this.#connected || this.#nc.isClosed()) return Promise.reject(disconnected());
    const token = (this.#count++).toString(36);
    return new Promise<Batch>((resolve, reject) => {
      this.#pending.set(token, {
        messages: [],
        whole: true,
        lastHeardMs: performance.now(),
        resolve,
        reject,
      });
      this.#nc.publish(`$JS.API.DIRECT.GET.${stream}`, JSON.stringify(request), {
        reply: `${this.#inbox}.${token}`,
      });
    });
  }

  #onReply(message: Msg): void {
    const token = message.subject.slice(this.#inbox.length + 1);
    const pending = this.#pending.get(token);
    if (pending === undefined) return;
    pending.lastHeardMs = performance.now();
    const headers = serverHeaders(message);
    const code = headers?.code ?? 0;
    // Each message, and the end, names the one before: a route that dropped one on the way is found out.
    const before = seqOf(headers?.last('Nats-Last-Sequence') ?? '');
    const follows = before === (pending.messages.at(-1)?.seq ?? SEQ_ZERO);
    if (headers !== undefined && code === 0) {
      pending.whole &&= follows;
      pending.messages.push({
        seq: seqOf(headers.last('Nats-Sequence')),
        subject: headers.last('Nats-Subject'),
        data: message.data,
        publishedMs: publishedMsOf(headers),
        trace: traceOf(headers),
      });
      return;
    }
    this.#pending.delete(token);
    if (code === STATUS_END_OF_BATCH && !(pending.whole && follows)) {
      pending.reject(new BrokerError('stale', 'a message was lost on its way'));
    } else if (code === STATUS_END_OF_BATCH) {
      pending.resolve({
        messages: pending.messages,
        pending: Number(headers?.last('Nats-Num-Pending') ?? 0),
        upTo: seqOf(headers?.last('Nats-UpTo-Sequence') ?? ''),
      });
    } else if (code === STATUS_NOT_FOUND && pending.messages.length === 0) {
      pending.resolve(EMPTY_BATCH);
    } else if (code === STATUS_NOT_FOUND) {
      pending.reject(new BrokerError('stale', 'a message went away while it was read'));
    } else if (code === STATUS_NO_RESPONDERS) {
      pending.reject(new BrokerError('disconnected', 'no replica of the stream can be reached'));
    } else {
      pending.reject(new BrokerError('refused', `direct get refused: ${code} ${headers?.description ?? ''}`));
    }
  }

  #dropSilent(): void {
    const nowMs = performance.now();
    for (const [token, pending] of this.#pending) {
      if (nowMs - pending.lastHeardMs < SILENCE_MS) continue;
      this.#pending.delete(token);
      pending.reject(new BrokerError('timeout', 'no replica of the stream answered a read'));
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#subscription.unsubscribe();
    this.#rejectAll(new BrokerError('closed', 'reading was closed'));
  }

  #rejectAll(error: BrokerError): void {
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
  }
}

function disconnected(): BrokerError {
  return new BrokerError('disconnected', 'there is no connection to NATS');
}

function seqOf(text: string): Seq {
  return (text === '' ? SEQ_ZERO : parseSeq(Number(text))) ?? SEQ_ZERO;
}
