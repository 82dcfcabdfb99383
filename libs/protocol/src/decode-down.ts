import type { CloudEvent } from './cloud-event.ts';
import { ERROR_CODES, type ErrorCode } from './error-codes.ts';
import type { DownFrame } from './down.ts';
import type { DeliveredEvent } from './down/events.ts';
import type { SessionLimits } from './down/welcome.ts';
import type { GapReason } from './gap.ts';
import { parsePosition } from './position.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a frame from an edge. Undefined if it is not one; unknown frame types and fields are for later versions, and
 * a client skips them. The event's own attributes are the publisher's word and are not looked into.
 */
export function decodeDown(text: string): DownFrame | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isFields(value) ? decodeFields(value) : undefined;
}

function decodeFields(f: Fields): DownFrame | undefined {
  switch (f['type']) {
    case 'events':
      return isArrayOf(f['events'], isDeliveredEvent) ? { type: 'events', events: f['events'] } : undefined;
    case 'ping':
      return isPosition(f['position']) ? { type: 'ping', position: f['position'] } : undefined;
    case 'welcome':
      return isText(f['session']) &&
        isText(f['edge']) &&
        isText(f['user']) &&
        isPosition(f['position']) &&
        isCount(f['heartbeatMs']) &&
        isLimits(f['limits'])
        ? {
            type: 'welcome',
            session: f['session'],
            edge: f['edge'],
            user: f['user'],
            position: f['position'],
            heartbeatMs: f['heartbeatMs'],
            limits: f['limits'],
            ...(f['reportReceived'] === true ? { reportReceived: true } : {}),
          }
        : undefined;
    case 'gap':
      return isPosition(f['from']) && isPosition(f['to']) && isGapReason(f['reason'])
        ? { type: 'gap', from: f['from'], to: f['to'], reason: f['reason'] }
        : undefined;
    case 'caught_up':
      return isPosition(f['position']) ? { type: 'caught_up', position: f['position'] } : undefined;
    case 'sent':
      return isText(f['id']) && isText(f['position']) && typeof f['duplicate'] === 'boolean'
        ? { type: 'sent', id: f['id'], position: f['position'], duplicate: f['duplicate'] }
        : undefined;
    case 'error':
      return isErrorCode(f['code']) && isText(f['message']) && typeof f['retryable'] === 'boolean'
        ? {
            type: 'error',
            code: f['code'],
            message: f['message'],
            retryable: f['retryable'],
            ...(isText(f['id']) ? { id: f['id'] } : {}),
          }
        : undefined;
    case 'drain':
      return isCount(f['reconnectWithinMs'])
        ? { type: 'drain', reconnectWithinMs: f['reconnectWithinMs'] }
        : undefined;
    default:
      return undefined;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isPosition(value: unknown): value is string {
  return isText(value) && parsePosition(value) !== undefined;
}

function isGapReason(value: unknown): value is GapReason {
  return value === 'expired' || value === 'reset' || value === 'rewound';
}

function isErrorCode(value: unknown): value is ErrorCode {
  return isText(value) && Object.hasOwn(ERROR_CODES, value);
}

function isArrayOf<T>(value: unknown, test: (item: unknown) => item is T): value is readonly T[] {
  return Array.isArray(value) && value.every(test);
}

function isDeliveredEvent(value: unknown): value is DeliveredEvent {
  return isFields(value) && isCount(value['seq']) && isCount(value['prev']) && isCloudEvent(value['event']);
}

function isCloudEvent(value: unknown): value is CloudEvent {
  return isFields(value) && isText(value['id']) && isText(value['source']) && isText(value['type']);
}

function isLimits(value: unknown): value is SessionLimits {
  return (
    isFields(value) &&
    isCount(value['frameBytes']) &&
    isCount(value['eventBytes']) &&
    isCount(value['sendsPerSecond']) &&
    isCount(value['sendsInFlight'])
  );
}
