import { z } from 'zod';
import { isTraceparent } from '@longspan/protocol';

/*
 * The attributes of CloudEvents 1.0, each with the words that tell a publisher what is expected.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#context-attributes
 */

// eslint-disable-next-line no-control-regex -- control characters are what is refused
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
/** The characters of a URI reference (RFC 3986). */
export const URI_REFERENCE = /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/;
const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;.*)?$/;
const RFC_3339 =
  /^(\d{4}-\d{2}-\d{2})[Tt](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d{1,9})?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
const BASE_64 = /^[A-Za-z0-9+/]*={0,2}$/;
const INT_32 = 2 ** 31;

/** A CloudEvents String: no control characters, no lone surrogates; in an attribute never empty. */
function text(expected: string, accepts: (value: string) => boolean = () => true) {
  return z
    .string({ error: expected })
    .refine(
      (value) => value !== '' && !CONTROL.test(value) && value.isWellFormed() && accepts(value),
      expected,
    );
}

function isRealDay(time: string): boolean {
  const day = RFC_3339.exec(time)?.[1] ?? '';
  return !Number.isNaN(Date.parse(day)) && new Date(day).toISOString().startsWith(day);
}

const plainText = text('expected text that is not empty and has no control characters');
export const ATTRIBUTES = {
  id: plainText,
  source: text('expected a URI reference such as /agents/weather', (value) => URI_REFERENCE.test(value)),
  type: plainText,
  time: text('expected an RFC 3339 time such as 2026-01-31T12:00:00Z', (value) =>
    isRealDay(value),
  ).optional(),
  subject: plainText.optional(),
  datacontenttype: text('expected a media type such as application/json', (value) =>
    MEDIA_TYPE.test(value),
  ).optional(),
  dataschema: text('expected an absolute URI', (value) => URL.canParse(value)).optional(),
  threadid: plainText.optional(),
  runid: plainText.optional(),
  attempt: z
    .int({ error: 'expected a whole number from 1 on' })
    .min(1, 'expected a whole number from 1 on')
    .max(INT_32 - 1)
    .optional(),
  traceparent: text('expected a W3C traceparent', isTraceparent).optional(),
} as const;

const EXTENSION_EXPECTED = 'expected text without control characters, a boolean or a 32-bit integer';

/** The value of an extension attribute that Longspan does not know. */
export const EXTENSION = z.union(
  [
    plainText,
    z.boolean(),
    z
      .number()
      .refine((value) => Number.isInteger(value) && value >= -INT_32 && value < INT_32, EXTENSION_EXPECTED),
  ],
  { error: EXTENSION_EXPECTED },
);

export const BASE_64_TEXT = z
  .string()
  .refine((value) => value.length % 4 === 0 && BASE_64.test(value), 'expected base64');

/** Names of attributes; `data` is not one. The specification's 20 characters are taken as a limit. */
export const ATTRIBUTE_NAME = /^(?!data$)[a-z0-9]{1,20}$/;
