import type { CloudEvent } from '@longspan/protocol';
import type { Delivery } from './delivery.ts';

let ids = 0;

/** An event of a run, for tests. */
export function runEvent(type: string, data: unknown, attributes: Partial<CloudEvent> = {}): CloudEvent {
  ids += 1;
  return {
    specversion: '1.0',
    id: `event-${ids}`,
    source: '/test',
    type,
    time: '2026-01-01T00:00:00Z',
    runid: 'r1',
    threadid: 't1',
    attempt: 1,
    data,
    ...attributes,
  };
}

/** A live delivery, for tests. */
export function delivery(seq: number, prev: number, fields: Partial<Delivery> = {}): Delivery {
  return {
    event: runEvent('note', {}),
    epoch: 'e1',
    seq,
    prev,
    edge: 'edge-1',
    replayed: false,
    receivedAtMs: Date.parse('2026-01-01T00:00:00.012Z'),
    ...fields,
  };
}
