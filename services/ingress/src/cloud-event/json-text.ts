import { DATA_DEPTH_MAX, nestsDeeperThan } from '@longspan/protocol';
import { Problem } from '../http/problems.ts';

/** Text with a number that a double may not hold, every digit or at all: a cheap test that errs on the safe side. */
const MAYBE_LOSSY = /(?:^|[:,[\s])-?(?:[0-9.]{16}|[0-9.]+[eE][+-]?[0-9]{3})/;
const SIGNIFICANT_DIGITS_SAFE = 15;

const utf8 = new TextDecoder('utf-8', { fatal: true });

// JSON.parse's source access and JSON.rawJSON (ECMAScript 2026) are in Node 24; TypeScript's library lacks them.
type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;
const parseWithSource = JSON.parse as (text: string, reviver: Reviver) => unknown;
const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => unknown };

/**
 * Reads JSON text in UTF-8. Numbers that a double cannot hold keep their text, so that a publisher's data leaves
 * `JSON.stringify` with every digit it came with.
 * @throws Problem `malformed_json`, or `invalid_event` if it is nested too deeply.
 */
export function parseJsonText(bytes: Uint8Array): unknown {
  const value = parse(decode(bytes));
  if (nestsDeeperThan(value, DATA_DEPTH_MAX)) {
    throw new Problem('invalid_event', `The JSON is nested more than ${DATA_DEPTH_MAX} deep.`);
  }
  return value;
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    throw new Problem('malformed_json', 'The body is not UTF-8.', { cause: error });
  }
}

function parse(text: string): unknown {
  try {
    return MAYBE_LOSSY.test(text) ? parseWithSource(text, keepDigits) : JSON.parse(text);
  } catch (error) {
    throw new Problem('malformed_json', 'The body is not well-formed JSON.', { cause: error });
  }
}

function keepDigits(_key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || source === undefined) return value;
  const digits = source
    .replace(/[eE].*$/, '')
    .replace(/[^0-9]/g, '')
    .replace(/^0+/, '');
  return digits.length > SIGNIFICANT_DIGITS_SAFE || !Number.isFinite(value) ? rawJSON(source) : value;
}
