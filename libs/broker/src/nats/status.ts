import type { ServiceStatus } from '@longspan/protocol';
import type { NatsConnection } from '@nats-io/transport-node';
import type { StatusBoard } from '../port/status.ts';
import { STATUS_FILTER, statusSubject } from '../subjects.ts';

/** Statuses over core NATS, as JSON: at most once, to those who are connected. */
export class NatsStatusBoard implements StatusBoard {
  readonly #nc: NatsConnection;
  #connected = true;

  constructor(nc: NatsConnection) {
    this.#nc = nc;
    void this.#watchConnection();
  }

  tell(status: ServiceStatus): void {
    // What is published meanwhile would wait, and come late.
    if (!this.#connected || this.#nc.isClosed()) return;
    this.#nc.publish(statusSubject(status.service, status.name), JSON.stringify(status));
  }

  watch(onStatus: (status: ServiceStatus) => void): Disposable {
    const subscription = this.#nc.subscribe(STATUS_FILTER, {
      callback: (error, message) => {
        const status = error === null ? decodeStatus(message.string()) : undefined;
        // Thrown from here, an exception would end the connection's read loop; from a microtask it ends the process.
        if (status !== undefined) queueMicrotask(() => onStatus(status));
      },
    });
    return { [Symbol.dispose]: () => subscription.unsubscribe() };
  }

  async #watchConnection(): Promise<void> {
    for await (const { type } of this.#nc.status()) {
      if (type === 'disconnect') this.#connected = false;
      else if (type === 'reconnect') this.#connected = true;
    }
  }
}

function decodeStatus(text: string): ServiceStatus | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isStatus(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isStatus(value: unknown): value is ServiceStatus {
  if (!isObject(value)) return false;
  const { service, name, version, startedMs, atMs, metrics, gaps, slow } = value;
  return (
    [service, name, version].every((text) => typeof text === 'string') &&
    [startedMs, atMs].every(Number.isFinite) &&
    isListOf(metrics, isMetric) &&
    [gaps, slow].every((list) => list === undefined || isListOf(list, isObject))
  );
}

function isMetric(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { name, kind, unit, points } = value;
  if (![name, kind, unit].every((text) => typeof text === 'string')) return false;
  return isListOf(points, kind === 'histogram' ? isHistogramPoint : isValuePoint);
}

function isValuePoint(value: unknown): boolean {
  return isObject(value) && isObject(value['labels']) && Number.isFinite(value['value']);
}

function isHistogramPoint(value: unknown): boolean {
  if (!isObject(value) || !isObject(value['labels'])) return false;
  return [value['boundaries'], value['counts']].every((list) => isListOf(list, Number.isFinite));
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every((item) => isItem(item));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
