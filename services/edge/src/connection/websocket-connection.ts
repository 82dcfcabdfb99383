import type { CommandWriter } from '@longspan/broker';
import type { Hub, SessionHost } from '@longspan/delivery';
import {
  ERROR_CODES,
  unreachable,
  type Auth,
  type CloseReason,
  type Connect,
  type ConnectReport,
  type ErrorCode,
  type Send,
  type UpFrame,
  type UserId,
} from '@longspan/protocol';
import type { Logger } from '@longspan/telemetry';
import type { RawData, WebSocket } from 'ws';
import { CONNECT_WITHIN_MS, type EdgeLimits } from '../limits.ts';
import { DeliverySpans } from './delivery-spans.ts';
import { ExpiryTimer } from './expiry-timer.ts';
import { decodeUp, type BadSend } from './inbound.ts';
import { SendGate } from './send-gate.ts';
import { sendCommand } from './send-command.ts';
import { parseStart } from './start-position.ts';
import type { Identity, TokenVerifier } from './tokens.ts';
import { WebSocketWire } from './websocket-wire.ts';
import type { Connection, Standing } from './connection.ts';
import type { EdgeMetrics } from '../metrics/edge-metrics.ts';
import type { EndReason } from '../metrics/session-metrics.ts';

export interface ConnectionParts {
  readonly hub: Hub;
  readonly commands: CommandWriter;
  readonly tokens: TokenVerifier;
  readonly logger: Logger;
  readonly limits: EdgeLimits;
  readonly edge: string;
  readonly heartbeatMs: number;
  readonly metrics: EdgeMetrics;
}

/** Who wants to know what becomes of connections: one for all of them. */
export interface Reception {
  /** It has authenticated, or has gone without; may be told twice. */
  settled(connection: Connection): void;
  /** Its socket is closed. */
  gone(connection: Connection): void;
}

/** How a connection came. */
export interface Arrival {
  readonly id: string;
  /** The token that came with the upgrade request, if any. */
  readonly token: string | undefined;
  readonly reception: Reception;
}

/** A client that has nothing to read answers a ping at once: after so many unanswered ones it is gone. */
const SILENT_BEATS_MAX = 2;
/**
 * A slow reader answers a ping when it has read what was sent before, some of it in buffers that nobody here sees.
 * It is not gone because it is slow (G8), so it is given longer if more than this was sent since it was last heard of.
 */
const SLOW_BYTES = 64 * 1024;
const SLOW_SILENT_BEATS_MAX = 30;

/**
 * One WebSocket, from its upgrade to its close:
 *
 *   waiting ── connect ──▶ checking ── token is good ──▶ attached ──▶ closed
 *      │ 5 s                   │ token is bad               │ token expired, ended, silent, drained
 *      └──────────────────────▶└───────────────────────────▶┘
 */
type State =
  | { readonly kind: 'waiting'; readonly timer: NodeJS.Timeout }
  /** What a client sends on without waiting for its welcome is kept in order. */
  | { readonly kind: 'checking'; readonly early: (UpFrame | BadSend)[] }
  | { readonly kind: 'attached'; readonly user: UserId; readonly session: SessionHost }
  | { readonly kind: 'closed' };

export class WebSocketConnection implements Connection {
  readonly id: string;
  readonly transport = 'websocket';
  readonly #socket: WebSocket;
  readonly #parts: ConnectionParts;
  readonly #reception: Reception;
  readonly #wire: WebSocketWire;
  readonly #spans: DeliverySpans;
  readonly #expiry: ExpiryTimer;
  /** The token of the upgrade request, until one is checked. */
  #token: string | undefined;
  /** Made for the first send: most sessions only read. */
  #gate: SendGate | undefined;
  #state: State;
  #silentBeats = 0;
  /** What `ws` closes the socket for by itself. */
  #fault: CloseReason | undefined;

  constructor(socket: WebSocket, arrival: Arrival, parts: ConnectionParts) {
    this.id = arrival.id;
    this.#socket = socket;
    this.#parts = parts;
    this.#reception = arrival.reception;
    this.#token = arrival.token;
    this.#expiry = new ExpiryTimer(this, parts.heartbeatMs);
    this.#spans = new DeliverySpans(this.id, 'websocket');
    this.#wire = new WebSocketWire(socket, parts, this.#spans, () => this.#onSent());
    this.#state = {
      kind: 'waiting',
      timer: setTimeout(() => this.close('connect_timeout'), CONNECT_WITHIN_MS),
    };
    socket.on('message', (data, isBinary) => this.#onMessage(data, isBinary));
    socket.on('close', (code) => this.#onClose(code));
    // `ws` closes the socket itself after an error; what is left to do is done on close.
    socket.on('error', (error) => {
      this.#fault = faultOf(error);
      this.#parts.logger.debug({ session: this.id, err: error }, 'edge.socket.error');
    });
  }

  get standing(): Standing | undefined {
    if (this.#state.kind !== 'attached') return undefined;
    return { state: this.#state.session.kind, outboxBytes: this.#wire.waitingBytes };
  }

  beat(): void {
    if (this.#state.kind !== 'attached') return;
    this.#expiry.beat();
    // Any frame from the client counts as a sign of life.
    const patience = this.#wire.unheardBytes > SLOW_BYTES ? SLOW_SILENT_BEATS_MAX : SILENT_BEATS_MAX;
    if (this.#silentBeats >= patience) return this.close('silent');
    this.#silentBeats++;
    this.#wire.ping(this.#state.session.position());
  }

  drain(reconnectWithinMs: number): void {
    if (this.#state.kind === 'attached') this.#wire.drain(reconnectWithinMs);
  }

  close(reason: CloseReason): void {
    if (this.#state.kind === 'closed') return;
    this.#parts.logger.info({ session: this.id, reason }, 'edge.session.closing');
    this.#wire.close(reason);
    this.#leave(reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    this.#silentBeats = 0;
    this.#wire.heard();
    this.#listenOnlyToReaders();
    const frame = isBinary || !Buffer.isBuffer(data) ? undefined : decodeUp(data.toString('utf8'));
    if (frame === undefined) return this.close('bad_frame');
    this.#onFrame(frame);
  }

  #onFrame(frame: UpFrame | BadSend): void {
    const state = this.#state;
    switch (state.kind) {
      case 'waiting':
        if (frame.type !== 'connect') return this.close('bad_frame');
        clearTimeout(state.timer);
        this.#state = { kind: 'checking', early: [] };
        return void this.#connect(frame);
      case 'checking':
        if (state.early.length >= this.#parts.limits.sendsInFlightMax) return this.close('bad_frame');
        state.early.push(frame);
        return;
      case 'attached':
        return this.#onAttachedFrame(frame, state);
      case 'closed':
        return;
      default:
        return unreachable(state);
    }
  }

  #onAttachedFrame(frame: UpFrame | BadSend, state: Extract<State, { kind: 'attached' }>): void {
    switch (frame.type) {
      case 'connect':
        return this.close('bad_frame');
      case 'send':
        return void this.#send(frame, state.user);
      case 'bad_send':
        this.#parts.metrics.sends.ended('bad_event');
        return this.#wire.error('bad_event', ERROR_CODES.bad_event.meaning, frame.id);
      case 'auth':
        return void this.#renew(frame, state.user);
      case 'received':
        for (const [seq, handledMs] of frame.events) this.#spans.received(seq, handledMs);
        return;
      case 'pong':
        return;
      default:
        return unreachable(frame);
    }
  }

  async #connect(frame: Connect): Promise<void> {
    const start = parseStart(frame.from);
    if (start === undefined) return this.close('bad_frame');
    const token = frame.token ?? this.#token;
    this.#token = undefined;
    const identity = await this.#identify(token);
    const state = this.#state;
    if (identity === undefined || state.kind !== 'checking') return;
    const { hub, limits, logger, metrics } = this.#parts;
    const { user } = identity;
    if (hub.countOf(user) >= limits.sessionsPerUserMax) return this.close('too_many_sessions');
    if (frame.reportReceived === true) this.#spans.expectReports();
    this.#state = { kind: 'attached', user, session: hub.attach(user, this.id, start, this.#wire) };
    this.#reception.settled(this);
    metrics.sessions.attached('websocket', start);
    if (frame.report !== undefined) this.#count(frame.report);
    this.#expiry.set(identity.expiresAtMs);
    logger.info({ session: this.id, client: frame.client, transport: 'websocket' }, 'edge.session.opened');
    for (const early of state.early) this.#onFrame(early);
  }

  #count(report: ConnectReport): void {
    this.#parts.metrics.sessions.reported(report);
    if (report.violations === 0) return;
    this.#parts.logger.warn({ session: this.id, violations: report.violations }, 'edge.client.violations');
  }

  async #renew(frame: Auth, user: UserId): Promise<void> {
    const identity = await this.#identify(frame.token);
    if (identity === undefined || this.#state.kind !== 'attached') return;
    if (identity.user !== user) return this.#refuse('forbidden', ERROR_CODES.forbidden.meaning);
    this.#expiry.set(identity.expiresAtMs);
  }

  async #identify(token: string | undefined): Promise<Identity | undefined> {
    if (token === undefined) return this.#refuse('unauthorized', ERROR_CODES.unauthorized.meaning);
    const verdict = await this.#parts.tokens.verify(token);
    if (verdict.ok) return verdict.identity;
    this.#parts.logger.info({ session: this.id, detail: verdict.detail }, `edge.token.${verdict.reason}`);
    if (verdict.reason === 'unauthorized') return this.#refuse('unauthorized', verdict.detail);
    return this.#refuse('internal', 'the keys that tokens are checked with cannot be fetched');
  }

  #refuse(code: Extract<ErrorCode, CloseReason>, message: string): undefined {
    if (this.#state.kind !== 'closed') this.#wire.error(code, message);
    this.close(code);
    return undefined;
  }

  async #send(frame: Send, user: UserId): Promise<void> {
    const { commands, limits, metrics } = this.#parts;
    const startedMs = performance.now();
    this.#gate ??= new SendGate(limits.sendsPerSecondMax, limits.sendsInFlightMax, startedMs);
    const gate = this.#gate;
    const refusal = gate.enter(startedMs);
    if (refusal !== undefined) {
      metrics.sends.ended(refusal);
      return this.#wire.error(refusal, ERROR_CODES[refusal].meaning, frame.id);
    }
    try {
      const answer = await sendCommand(commands, user, frame, limits.eventBytesMax);
      if (answer.type === 'refused') metrics.sends.ended(answer.code);
      else metrics.sends.ended(answer.duplicate ? 'duplicate' : 'sent', performance.now() - startedMs);
      if (this.#state.kind === 'closed') return;
      if (answer.type === 'sent') this.#wire.frame(answer);
      else this.#wire.error(answer.code, answer.message, frame.id);
    } finally {
      gate.leave();
    }
  }

  /** Who sends without reading the answers is not read either, until it does. */
  #listenOnlyToReaders(): void {
    if (this.#wire.waitingBytes > this.#parts.limits.outboxBytesMax) this.#socket.pause();
  }

  #onSent(): void {
    if (this.#socket.isPaused && this.#wire.waitingBytes === 0) this.#socket.resume();
    if (this.#state.kind === 'attached') this.#state.session.drained();
  }

  #onClose(code: number): void {
    this.#parts.logger.info({ session: this.id, code }, 'edge.session.closed');
    // Not before: a socket whose client does not answer a close lives on for a while, and counts as long.
    this.#reception.settled(this);
    this.#leave(this.#fault ?? 'client');
    this.#reception.gone(this);
  }

  #leave(reason: EndReason): void {
    const state = this.#state;
    const { sessions } = this.#parts.metrics;
    this.#state = { kind: 'closed' };
    this.#expiry.clear();
    if (state.kind === 'waiting') clearTimeout(state.timer);
    if (state.kind === 'attached') {
      this.#parts.hub.detach(state.user, state.session);
      sessions.ended(reason);
    } else if (state.kind !== 'closed' && reason !== 'client') {
      sessions.refused(reason);
    }
  }
}

/** A frame that was too big, or was none. */
function faultOf(error: Error): CloseReason | undefined {
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') return 'frame_too_big';
  return code.startsWith('WS_ERR_') ? 'bad_frame' : undefined;
}
