import type { SessionHost, Start } from '@longspan/delivery';
import type { CloseReason } from '@longspan/protocol';
import type { ServerResponse } from 'node:http';
import type { Connection, Standing } from './connection.ts';
import { DeliverySpans } from './delivery-spans.ts';
import { ExpiryTimer } from './expiry-timer.ts';
import { SseWire } from './sse-wire.ts';
import type { Identity } from './tokens.ts';
import type { ConnectionParts } from './websocket-connection.ts';
import type { EndReason } from '../metrics/session-metrics.ts';

/** One Server-Sent Events response, attached from its first byte to its end. */
export class SseConnection implements Connection {
  readonly id: string;
  readonly transport = 'sse';
  readonly #response: ServerResponse;
  readonly #wire: SseWire;
  readonly #session: SessionHost;
  readonly #expiry: ExpiryTimer;
  #closed = false;
  #reason: EndReason = 'client';

  constructor(
    response: ServerResponse,
    id: string,
    identity: Identity,
    start: Start,
    {
      hub,
      logger,
      metrics,
      heartbeatMs,
    }: Pick<ConnectionParts, 'hub' | 'logger' | 'metrics' | 'heartbeatMs'>,
  ) {
    this.id = id;
    this.#response = response;
    const spans = new DeliverySpans(id, 'sse');
    this.#wire = new SseWire(response, metrics.deliveries, spans, () => this.#session.drained());
    this.#session = hub.attach(identity.user, id, start, this.#wire);
    metrics.sessions.attached('sse', start);
    this.#expiry = new ExpiryTimer(this, heartbeatMs);
    this.#expiry.set(identity.expiresAtMs);
    response.on('close', () => {
      this.#closed = true;
      this.#expiry.clear();
      hub.detach(identity.user, this.#session);
      metrics.sessions.ended(this.#reason);
      logger.info({ session: id }, 'edge.session.closed');
    });
    logger.info({ session: id, transport: 'sse' }, 'edge.session.opened');
  }

  get standing(): Standing | undefined {
    if (this.#closed) return undefined;
    return { state: this.#session.kind, outboxBytes: this.#wire.waitingBytes };
  }

  beat(): void {
    if (this.#closed) return;
    this.#expiry.beat();
    this.#wire.ping(this.#session.position());
  }

  drain(): void {
    // There is no frame for it: the response ends when the edge closes, and an EventSource comes back by itself.
  }

  close(reason: CloseReason): void {
    if (this.#closed) return;
    this.#reason = reason;
    this.#wire.close(reason);
  }

  terminate(): void {
    this.#response.destroy();
  }
}
