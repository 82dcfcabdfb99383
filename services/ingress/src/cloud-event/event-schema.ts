import type { CloudEvent } from '@longspan/protocol';
import { z } from 'zod';
import { Problem } from '../http/problems.ts';
import { ATTRIBUTE_NAME, ATTRIBUTES, BASE_64_TEXT, EXTENSION } from './attributes.ts';

const Event = z
  .object({
    specversion: z.literal('1.0', { error: 'expected "1.0"' }),
    ...ATTRIBUTES,
    data: z.unknown().optional(),
    data_base64: BASE_64_TEXT.optional(),
  })
  .catchall(EXTENSION)
  .refine((event) => event.data === undefined || event.data_base64 === undefined, {
    path: ['data_base64'],
    error: 'expected either data or data_base64',
  });

/**
 * Checks an event in its JSON form against CloudEvents 1.0. Attributes that are null count as absent, as the JSON
 * format says.
 * @param where names the event in the problem's detail: its index in a batch.
 * @throws Problem `invalid_event` that says which attribute is wrong and what is expected.
 */
export function checkEvent(value: unknown, where: string): CloudEvent {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Problem('invalid_event', `${where}: expected a JSON object.`);
  }
  const given = Object.fromEntries(
    Object.entries(value).filter(([name, item]) => name === 'data' || item !== null),
  );
  for (const name of Object.keys(given)) {
    if (ATTRIBUTE_NAME.test(name) || name === 'data' || name === 'data_base64') continue;
    throw new Problem('invalid_event', `${where}: attribute names are 1 to 20 characters of [a-z0-9].`);
  }
  const result = Event.safeParse(given);
  if (!result.success) throw invalidEvent(result.error, where);
  return given as unknown as CloudEvent;
}

/** The first complaint of a schema as a problem. It names the attribute and never repeats its value. */
export function invalidEvent(error: z.ZodError, where: string): Problem {
  const [issue] = error.issues;
  const path = issue === undefined || issue.path.length === 0 ? '' : ` ${issue.path.join('.')}:`;
  return new Problem('invalid_event', `${where}:${path} ${issue?.message ?? 'not valid'}.`);
}
