import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { OUTPUT_IN_FLIGHT_MAX, OUTPUT_PIECE_CHARS, OutputBuffer } from './output-buffer.ts';

test('the pieces are the text, in order, none too long and no letter parted', async () => {
  // Goal: nothing lost or reordered by gathering.
  // Method: property over texts with letters outside the basic plane, long and short.
  const text = fc.array(
    fc.constantFrom('a', 'ö', '👋', '👋'.repeat(OUTPUT_PIECE_CHARS / 2), `a${'👋'.repeat(9_000)}`),
    {
      maxLength: 8,
    },
  );
  await fc.assert(
    fc.asyncProperty(text, async (parts) => {
      const pieces: string[] = [];
      const indexes: number[] = [];
      const buffer = new OutputBuffer(async (piece, index) => {
        pieces.push(piece);
        indexes.push(index);
      });
      for (const part of parts) await buffer.write(part);
      buffer.flush();
      expect(pieces.join('')).toBe(parts.join(''));
      expect(indexes).toEqual(pieces.map((_, index) => index));
      expect(pieces.every((piece) => piece.length <= OUTPUT_PIECE_CHARS && piece.isWellFormed())).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test('what is written together is one piece, sent without being asked for', async () => {
  // Goal: a stream of tokens is not a publish per token, and the last token is not held back.
  // Method: three writes in a row; await the publish.
  const sent = Promise.withResolvers<string>();
  const buffer = new OutputBuffer(async (piece) => sent.resolve(piece), 1);
  for (const token of ['to', 'ke', 'ns']) await buffer.write(token);
  expect(await sent.promise).toBe('tokens');
});

test('a writer waits while the log does not keep up, and goes on when it does', async () => {
  // Goal: bounded memory.
  // Method: publishes that are let through one by one.
  const gates: (() => void)[] = [];
  const buffer = new OutputBuffer(() => new Promise((resolve) => gates.push(resolve)));
  const piece = 'x'.repeat(OUTPUT_PIECE_CHARS);
  const states: string[] = [];
  for (let i = 0; i < OUTPUT_IN_FLIGHT_MAX - 1; i++) await buffer.write(piece);
  const waiting = buffer.write(piece).then(() => states.push('written'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(states).toEqual([]);
  gates[0]?.();
  await waiting;
  expect(states).toEqual(['written']);
});

test('a writer learns that a piece before was not published', async () => {
  // Goal: no silent hole.
  // Method: a publish that fails.
  const buffer = new OutputBuffer(() => Promise.reject(new Error('no')));
  const piece = 'x'.repeat(OUTPUT_PIECE_CHARS * OUTPUT_IN_FLIGHT_MAX);
  await expect(buffer.write(piece)).rejects.toThrow('no');
});
