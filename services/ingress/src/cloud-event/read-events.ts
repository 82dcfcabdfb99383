import type { IncomingMessage } from 'node:http';
import { EVENT_BYTES_MAX, PUBLISH_EVENTS_MAX } from '@longspan/broker';
import type { CloudEvent } from '@longspan/protocol';
import { Problem } from '../http/problems.ts';
import { isBinaryMode, readBinaryMode } from './binary-mode.ts';
import { checkEvent } from './event-schema.ts';
import { parseJsonText } from './json-text.ts';
import { parseMediaType, requireUtf8 } from './media-type.ts';
import { completePlain } from './plain.ts';

const STRUCTURED = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';
const PLAIN = 'application/json';

/**
 * Reads the events of a publish request in any of the four forms: one structured, a batch, binary mode, plain JSON.
 * What comes out is valid CloudEvents 1.0, each within `EVENT_BYTES_MAX` as JSON.
 * @throws Problem
 */
export function readEvents(
  request: Pick<IncomingMessage, 'headers' | 'headersDistinct'>,
  body: Uint8Array,
): readonly CloudEvent[] {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new Problem('unsupported_media_type', 'Send the body without a content encoding.');
  }
  const events = readForm(request, body);
  for (const [index, event] of events.entries()) checkSize(event, index);
  return events;
}

function readForm(
  request: Pick<IncomingMessage, 'headers' | 'headersDistinct'>,
  body: Uint8Array,
): readonly CloudEvent[] {
  const type = parseMediaType(request.headers['content-type'] ?? '');
  if (type.essence === STRUCTURED) {
    requireUtf8(type);
    return [checkEvent(parseJsonText(body), 'body')];
  }
  if (type.essence === BATCH) {
    requireUtf8(type);
    return checkBatch(parseJsonText(body));
  }
  if (!type.essence.startsWith('application/cloudevents') && isBinaryMode(request)) {
    return [readBinaryMode(request, body)];
  }
  if (type.essence === PLAIN) {
    requireUtf8(type);
    return [completePlain(parseJsonText(body), new Date())];
  }
  throw new Problem(
    'unsupported_media_type',
    `Send ${STRUCTURED}, ${BATCH}, ${PLAIN}, or any type with the attributes in ce-* headers.`,
  );
}

function checkBatch(value: unknown): readonly CloudEvent[] {
  if (!Array.isArray(value)) throw new Problem('invalid_event', 'body: expected a JSON array of events.');
  if (value.length > PUBLISH_EVENTS_MAX) {
    const detail = `A batch has at most ${PUBLISH_EVENTS_MAX} events; this one has ${value.length}.`;
    throw new Problem('batch_too_long', detail);
  }
  return value.map((item, index) => checkEvent(item, `event ${index}`));
}

function checkSize(event: CloudEvent, index: number): void {
  const bytes = Buffer.byteLength(JSON.stringify(event));
  if (bytes > EVENT_BYTES_MAX) {
    const detail = `Event ${index} has ${bytes} bytes as JSON; ${EVENT_BYTES_MAX} are taken.`;
    throw new Problem('event_too_big', detail);
  }
}
