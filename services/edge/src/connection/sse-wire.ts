import type { DeliveryWay, Entry, Wire } from '@longspan/delivery';
import {
  formatPosition,
  type CloseReason,
  type Epoch,
  type ErrorCode,
  type GapReason,
  type Position,
  type UserId,
} from '@longspan/protocol';
import type { ServerResponse } from 'node:http';
import type { DeliveryMetrics } from '../metrics/delivery-metrics.ts';
import type { DeliverySpans, OnTaken } from './delivery-spans.ts';

/** How soon an EventSource that was cut off comes back, in milliseconds. */
const RETRY_MS = 500;

/**
 * Speaks Server-Sent Events: `id` is the position, `event` the CloudEvent's type, `data` the CloudEvent. What has no
 * place there is a comment, and an `id` without data moves an EventSource's position without calling anybody.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class SseWire implements Wire {
  readonly #response: ServerResponse;
  readonly #deliveries: DeliveryMetrics;
  readonly #onSent: () => void;
  readonly #spans: DeliverySpans;
  #epoch: Epoch | undefined;

  constructor(
    response: ServerResponse,
    deliveries: DeliveryMetrics,
    spans: DeliverySpans,
    onSent: () => void,
  ) {
    this.#response = response;
    this.#deliveries = deliveries;
    this.#spans = spans;
    this.#onSent = onSent;
  }

  get waitingBytes(): number {
    return this.#response.writableLength;
  }

  welcome(session: string, _user: UserId, position: Position): void {
    this.#epoch = position.epoch;
    this.#spans.enter(position);
    this.#write(`: session ${session}\nretry: ${RETRY_MS}\nid: ${formatPosition(position)}\n\n`);
  }

  entries(entries: readonly Entry[], how: DeliveryWay): void {
    let text = '';
    for (const { seq, payload } of entries) {
      const json = Buffer.from(payload).toString('utf8');
      text += `id: ${this.#epoch}-${seq}\nevent: ${typeOf(json)}\n${dataLines(json)}\n\n`;
    }
    this.#write(text, this.#spans.leaving(entries, how));
    this.#deliveries.wrote(entries, how, Buffer.byteLength(text));
  }

  gap(from: Position, to: Position, reason: GapReason): void {
    this.#spans.gap(from, to, reason);
    this.#epoch = to.epoch;
    const data = { from: formatPosition(from), to: formatPosition(to), reason };
    this.#write(`id: ${formatPosition(to)}\nevent: gap\ndata: ${JSON.stringify(data)}\n\n`);
  }

  caughtUp(position: Position): void {
    this.#write(`: caught up ${formatPosition(position)}\n\n`);
  }

  error(code: ErrorCode): void {
    this.#write(`: error ${code}\n\n`);
  }

  ping(position: Position): void {
    this.#write(`: ping ${formatPosition(position)}\n\n`);
  }

  drain(): void {
    // An EventSource comes back by itself when the response ends.
  }

  close(reason: CloseReason): void {
    this.#response.end(`: closed ${reason}\n\n`);
  }

  #write(text: string, onTaken?: OnTaken): void {
    this.#response.write(text, (error) => {
      onTaken?.(error);
      this.#onSent();
    });
  }
}

function typeOf(json: string): string {
  try {
    const event: unknown = JSON.parse(json);
    const type = typeof event === 'object' && event !== null && 'type' in event ? event.type : undefined;
    // A line break in a type would end the field; a CloudEvent's type has none.
    if (typeof type === 'string') return type.replace(/[\r\n]/g, ' ');
  } catch {
    // Whoever publishes past the ingress may publish what is no JSON; it is still this user's event.
  }
  return 'message';
}

function dataLines(json: string): string {
  return json
    .split(/\r\n|\r|\n/)
    .map((line) => `data: ${line}`)
    .join('\n');
}
