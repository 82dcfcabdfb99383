import type { CloudEvent } from '@longspan/protocol';

/** A text field of an event's data; undefined where it is missing or no text: data is the publisher's word. */
export function textField(event: CloudEvent, name: string): string | undefined {
  const value = field(event, name);
  return typeof value === 'string' ? value : undefined;
}

/** Any field of an event's data; undefined where data is no object. */
export function field(event: CloudEvent, name: string): unknown {
  const { data } = event;
  return typeof data === 'object' && data !== null
    ? (data as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
