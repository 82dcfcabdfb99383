import { randomUUID } from 'node:crypto';
import type { CloudEvent } from '@longspan/protocol';
import { z } from 'zod';
import { ATTRIBUTES } from './attributes.ts';
import { checkEvent, invalidEvent } from './event-schema.ts';

/** The `source` of an event whose publisher names none. */
export const DEFAULT_SOURCE = '/longspan/ingress';

const Plain = z.strictObject({
  type: ATTRIBUTES.type,
  data: z.unknown().optional(),
  id: ATTRIBUTES.id.optional(),
  source: ATTRIBUTES.source.optional(),
  time: ATTRIBUTES.time,
  threadid: ATTRIBUTES.threadid,
  runid: ATTRIBUTES.runid,
});

/**
 * Completes a plain JSON body to a CloudEvent: `id` a random UUID (so a publisher that wants to repeat itself safely
 * must name its own), `source` `/longspan/ingress`, `time` now.
 * @throws Problem `invalid_event`
 */
export function completePlain(value: unknown, now: Date): CloudEvent {
  const result = Plain.safeParse(value);
  if (!result.success) throw invalidEvent(result.error, 'body');
  const { id, source, type, time, data, ...extensions } = result.data;
  return checkEvent(
    {
      specversion: '1.0',
      id: id ?? randomUUID(),
      source: source ?? DEFAULT_SOURCE,
      type,
      time: time ?? now.toISOString(),
      ...extensions,
      ...(data === undefined ? {} : { data }),
    },
    'body',
  );
}
