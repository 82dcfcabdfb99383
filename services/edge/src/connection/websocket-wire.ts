import type { DeliveryWay, Entry, Wire } from '@longspan/delivery';
import {
  CLOSE_CODES,
  ERROR_CODES,
  formatPosition,
  type CloseReason,
  type DownFrame,
  type ErrorCode,
  type GapReason,
  type Position,
  type UserId,
} from '@longspan/protocol';
import type { WebSocket } from 'ws';
import { sessionLimits, type EdgeLimits } from '../limits.ts';
import type { EdgeMetrics } from '../metrics/edge-metrics.ts';
import type { DeliverySpans, OnTaken } from './delivery-spans.ts';

/** What the wires of all connections have in common. */
export interface WireParts {
  readonly edge: string;
  readonly heartbeatMs: number;
  readonly limits: EdgeLimits;
  readonly metrics: Pick<EdgeMetrics, 'deliveries'>;
}

const FRAME_START = '{"type":"events","events":[';
const FRAME_END = '}]}';
const TEXT = { binary: false } as const;

/** The devices of a user mostly get the same entries in the same turn: their frame is made once. */
const frames = new WeakMap<readonly Entry[], Buffer>();

/** Speaks the JSON frames of PROTOCOL.md on a WebSocket. */
export class WebSocketWire implements Wire {
  readonly #socket: WebSocket;
  readonly #parts: WireParts;
  readonly #spans: DeliverySpans;
  readonly #onSent: () => void;
  #unheardBytes = 0;

  /** @param onSent is called each time the socket has taken what it was given. */
  constructor(socket: WebSocket, parts: WireParts, spans: DeliverySpans, onSent: () => void) {
    this.#socket = socket;
    this.#parts = parts;
    this.#spans = spans;
    this.#onSent = onSent;
  }

  get waitingBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** Bytes sent since the client was last heard of: part of them may still be on their way to a slow reader. */
  get unheardBytes(): number {
    return this.#unheardBytes;
  }

  heard(): void {
    this.#unheardBytes = 0;
  }

  welcome(session: string, user: UserId, position: Position): void {
    const { edge, heartbeatMs, limits } = this.#parts;
    this.#spans.enter(position);
    this.frame({
      type: 'welcome',
      session,
      edge,
      user,
      position: formatPosition(position),
      heartbeatMs,
      limits: sessionLimits(limits),
      ...(this.#spans.takesReports ? { reportReceived: true } : {}),
    });
  }

  entries(entries: readonly Entry[], how: DeliveryWay): void {
    const frame = eventsFrame(entries);
    this.#unheardBytes += frame.length;
    const onTaken = this.#spans.leaving(entries, how);
    this.#socket.send(frame, TEXT, onTaken === undefined ? this.#onSent : this.#alsoTelling(onTaken));
    this.#parts.metrics.deliveries.wrote(entries, how, frame.length);
  }

  gap(from: Position, to: Position, reason: GapReason): void {
    this.#spans.gap(from, to, reason);
    this.frame({ type: 'gap', from: formatPosition(from), to: formatPosition(to), reason });
  }

  caughtUp(position: Position): void {
    this.frame({ type: 'caught_up', position: formatPosition(position) });
  }

  error(code: ErrorCode, message: string, id?: string): void {
    const { retryable } = ERROR_CODES[code];
    this.frame({ type: 'error', code, message, retryable, ...(id === undefined ? {} : { id }) });
  }

  ping(position: Position): void {
    this.frame({ type: 'ping', position: formatPosition(position) });
  }

  drain(reconnectWithinMs: number): void {
    this.frame({ type: 'drain', reconnectWithinMs });
  }

  close(reason: CloseReason): void {
    this.#socket.close(CLOSE_CODES[reason].code, reason);
  }

  #alsoTelling(onTaken: OnTaken): OnTaken {
    return (error) => {
      onTaken(error);
      this.#onSent();
    };
  }

  /** Sends a frame that is not made of entries. */
  frame(frame: DownFrame): void {
    this.#socket.send(JSON.stringify(frame), this.#onSent);
  }
}

/** One `events` frame around the entries' payloads, whose bytes pass through untouched. */
function eventsFrame(entries: readonly Entry[]): Buffer {
  const made = frames.get(entries);
  if (made !== undefined) return made;
  const heads = entries.map(
    ({ seq, prev }, i) => `${i === 0 ? FRAME_START : '},'}{"seq":${seq},"prev":${prev},"event":`,
  );
  let bytes = FRAME_END.length;
  for (const [i, { payload }] of entries.entries()) bytes += (heads[i]?.length ?? 0) + payload.length;
  const frame = Buffer.allocUnsafe(bytes);
  let at = 0;
  for (const [i, { payload }] of entries.entries()) {
    at += frame.write(heads[i] ?? '', at, 'latin1');
    frame.set(payload, at);
    at += payload.length;
  }
  frame.write(FRAME_END, at, 'latin1');
  frames.set(entries, frame);
  return frame;
}
