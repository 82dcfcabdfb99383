import type { Start } from '@longspan/delivery';
import { CLOSE_CODES, type CloseReason, type ConnectReport } from '@longspan/protocol';
import type { Counter, Histogram, Meter } from '@opentelemetry/api';
import type { ProblemCode } from '../http/problem.ts';

export type Transport = 'websocket' | 'sse';

/** Why a session ended: the edge's reason, or the client went. */
export type EndReason = CloseReason | 'client';

const AWAY_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3_600];

/** How sessions come and go, and what clients say of how they came. */
export class SessionMetrics {
  readonly #connects: Counter;
  readonly #closes: Counter;
  readonly #refusals: Counter;
  readonly #reconnects: Counter;
  readonly #attempts: Counter;
  readonly #away: Histogram;
  readonly #violations: Counter;

  constructor(meter: Meter) {
    this.#connects = meter.createCounter('longspan.edge.connects', {
      description: 'Sessions that were attached.',
    });
    this.#closes = meter.createCounter('longspan.edge.closes', {
      description: 'Sessions that ended.',
    });
    this.#refusals = meter.createCounter('longspan.edge.refusals', {
      description: 'Connections that were not attached.',
    });
    this.#reconnects = meter.createCounter('longspan.client.reconnects', {
      description: 'Reconnects, as clients report them.',
    });
    this.#attempts = meter.createCounter('longspan.client.attempts', {
      description: 'Attempts that the reconnects took, as clients report them.',
    });
    this.#away = meter.createHistogram('longspan.client.reconnect.duration', {
      description: 'From the loss of a connection until the next one stood, as clients report it.',
      unit: 's',
      advice: { explicitBucketBoundaries: AWAY_SECONDS },
    });
    this.#violations = meter.createCounter('longspan.client.violations', {
      description: 'Events that did not follow their predecessor, as clients report it.',
      unit: '{event}',
    });
    for (const transport of ['websocket', 'sse']) {
      for (const start of ['latest', 'earliest', 'position']) this.#connects.add(0, { transport, start });
    }
    for (const reason of [...Object.keys(CLOSE_CODES), 'client']) this.#closes.add(0, { reason });
    for (const counter of [this.#reconnects, this.#attempts, this.#violations]) counter.add(0);
  }

  attached(transport: Transport, start: Start): void {
    this.#connects.add(1, { transport, start: typeof start === 'string' ? start : 'position' });
  }

  ended(reason: EndReason): void {
    this.#closes.add(1, { reason });
  }

  refused(reason: CloseReason | ProblemCode): void {
    this.#refusals.add(1, { reason });
  }

  reported({ awayMs, attempts, violations }: ConnectReport): void {
    this.#reconnects.add(1);
    this.#attempts.add(attempts);
    this.#away.record(awayMs / 1_000);
    this.#violations.add(violations);
  }
}
