import { z } from 'zod';

/**
 * The kinds of environment variables. Each says in words what is expected, because these words are all that a person
 * with a bad value gets to see: "LONGSPAN_PORT is "eighty"; expected a port number from 0 to 65535".
 */

/** A whole number within bounds, written in decimal. */
export function integerField(min: number, max: number, what = 'a whole number') {
  const expected = `${what} from ${min} to ${max}`;
  return z
    .string()
    .regex(/^[0-9]{1,16}$/, expected)
    .transform(Number)
    .refine((value) => value >= min && value <= max, expected);
}

/** A port to listen on; 0 means any free one. */
export const portField = integerField(0, 65_535, 'a port number');

/** A part of a whole, from 0 to 1, such as 0.01. */
export const ratioField = z
  .string()
  .regex(/^[0-9]{1,3}(?:\.[0-9]{1,9})?$/, 'a number from 0 to 1')
  .transform(Number)
  .refine((value) => value <= 1, 'a number from 0 to 1');

/** One of a few words. */
export function choiceField<const Choice extends string>(choices: readonly [Choice, ...Choice[]]) {
  return z.enum(choices, { error: `one of ${choices.join(', ')}` });
}

/** A comma-separated list of at least one entry; blanks around entries do not count. */
export function listField(entry: z.ZodType<string, string>, expected: string) {
  return z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .refine((parts) => parts.every((part) => entry.safeParse(part).success), expected);
}

/** A URL with one of the given schemes, such as `http`. */
export function urlField(...schemes: readonly string[]) {
  return z
    .string()
    .refine(
      (text) => URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1)),
      `a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
    );
}

/** `1` or `0`. */
export const flagField = choiceField(['0', '1']).transform((text) => text === '1');

/** Any text that is not empty. */
export const textField = z.string();

/** A secret of at least `min` characters; its value is never shown. */
export function secretField(min: number) {
  return z.string().min(min, `at least ${min} characters`);
}
