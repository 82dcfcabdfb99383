import type { IncomingMessage } from 'node:http';
import type { CloudEvent } from '@longspan/protocol';
import { Problem } from '../http/problems.ts';
import { ATTRIBUTE_NAME } from './attributes.ts';
import { checkEvent } from './event-schema.ts';
import { parseJsonText } from './json-text.ts';
import { isJson, isText, isUtf8, parseMediaType, requireUtf8 } from './media-type.ts';

/*
 * Binary content mode: attributes in `ce-*` headers, data in the body as it is.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#31-binary-content-mode
 */
const PREFIX = 'ce-';
const CORE = ['ce-specversion', 'ce-id', 'ce-source', 'ce-type'];
const VISIBLE_ASCII = /^[\x20-\x7e]*$/;
const INTEGER = /^-?(?:0|[1-9][0-9]*)$/;

type Headers = Pick<IncomingMessage, 'headers' | 'headersDistinct'>;

/** A request is in binary mode if it carries any of the headers that every event has. */
export function isBinaryMode({ headers }: Headers): boolean {
  return CORE.some((name) => headers[name] !== undefined);
}

/** @throws Problem `invalid_event`, `malformed_json`, `unsupported_media_type` */
export function readBinaryMode(request: Headers, body: Uint8Array): CloudEvent {
  const event: Record<string, unknown> = {};
  for (const [header, values] of Object.entries(request.headersDistinct)) {
    if (!header.startsWith(PREFIX)) continue;
    const name = header.slice(PREFIX.length);
    if (!ATTRIBUTE_NAME.test(name) || name === 'datacontenttype' || values?.length !== 1) {
      throw new Problem('invalid_event', `${printable(header)}: no such attribute, or it is there twice.`);
    }
    const text = decodeValue(values[0] ?? '', header);
    // Headers have no types: of the attributes known to be numbers, the number is made.
    event[name] = name === 'attempt' && INTEGER.test(text) ? Number(text) : text;
  }
  const contentType = request.headers['content-type'];
  if (contentType !== undefined) event['datacontenttype'] = contentType;
  if (body.length > 0) Object.assign(event, dataOf(contentType ?? 'application/json', body));
  return checkEvent(event, 'headers');
}

/** What the body is in the JSON form: a JSON value, text, or base64 of anything else. */
function dataOf(contentType: string, body: Uint8Array): Pick<CloudEvent, 'data' | 'data_base64'> {
  const type = parseMediaType(contentType);
  if (isJson(type)) {
    requireUtf8(type);
    return { data: parseJsonText(body) };
  }
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (isText(type) && isUtf8(type)) {
    const text = bytes.toString('utf8');
    if (Buffer.from(text, 'utf8').equals(bytes)) return { data: text };
  }
  return { data_base64: bytes.toString('base64') };
}

/** Undoes quoting, then one round of percent-encoding. */
function decodeValue(value: string, header: string): string {
  try {
    if (!VISIBLE_ASCII.test(value)) throw new URIError('raw bytes');
    const quoted = /^"(.*)"$/.exec(value)?.[1];
    return decodeURIComponent(quoted === undefined ? value : quoted.replace(/\\(.)/g, '$1'));
  } catch (error) {
    const detail = `${printable(header)}: expected ASCII, anything else percent-encoded UTF-8.`;
    throw new Problem('invalid_event', detail, { cause: error });
  }
}

function printable(header: string): string {
  return header.slice(0, 32);
}
