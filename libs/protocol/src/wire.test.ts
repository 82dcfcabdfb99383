import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CLOSE_CODES, afterClose } from './close-codes.ts';
import { ERROR_CODES } from './error-codes.ts';
import { SUBPROTOCOL } from './protocol-version.ts';

/**
 * The wire as it was when this version was given its name. A change here is a change for every client there is:
 * if old clients can live with it (a new optional field, a new frame that they skip), write the new hash here and
 * describe it in PROTOCOL.md; if they cannot, it is `longspan.v2`.
 */
const PINNED = { subprotocol: 'longspan.v1', hash: '822a5172ca5a00b1' };

test('the frames are those that the version promises', () => {
  // Goal: nobody changes the wire unawares. Method: a hash over the frames' types, comments and blanks left out.
  const folder = new URL('.', import.meta.url);
  const files = ['up', 'down'].flatMap((part) =>
    readdirSync(new URL(`${part}/`, folder))
      .toSorted()
      .map((file) => `${part}/${file}`),
  );
  const source = ['up.ts', 'down.ts', 'gap.ts', ...files]
    .map((file) => readFileSync(new URL(file, folder), 'utf8'))
    .join('\n')
    .replace(/\/\*\*[\s\S]*?\*\//g, '')
    .replace(/\s+/g, ' ');
  const hash = createHash('sha256').update(source).digest('hex').slice(0, 16);
  expect({ subprotocol: SUBPROTOCOL, hash }).toEqual(PINNED);
});

test('close codes and error codes are distinct, and the protocol document has them all', () => {
  // Goal: one table, one document. Method: compare PROTOCOL.md with the tables.
  const document = readFileSync(new URL('../../../PROTOCOL.md', import.meta.url), 'utf8');
  const rows = Object.entries(CLOSE_CODES);
  expect(new Set(rows.map(([, { code }]) => code)).size).toBe(rows.length);
  for (const [name, { code }] of rows)
    expect(document).toMatch(new RegExp(`\\| ${code} \\| \`${name}\` \\|`));
  for (const [name, { retryable }] of Object.entries(ERROR_CODES)) {
    expect(document).toMatch(new RegExp(`\\| \`${name}\` \\| ${retryable ? 'yes' : 'no'} \\|`));
  }
});

test('an unknown close code means: come back with backoff', () => {
  // Goal: clients outlive new codes. Method: the table's own, a network failure, and a code of the future.
  expect(afterClose(CLOSE_CODES.draining.code)).toBe('at_once');
  expect(afterClose(1006)).toBe('backoff');
  expect(afterClose(4999)).toBe('backoff');
});
