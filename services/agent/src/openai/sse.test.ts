import { Readable } from 'node:stream';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { sseData } from './sse.ts';

async function dataOf(chunks: readonly Uint8Array[]): Promise<readonly string[]> {
  const data: string[] = [];
  for await (const text of sseData(Readable.from(chunks))) data.push(text);
  return data;
}

test('events are the same however the bytes are cut', async () => {
  // Goal: neither a letter of several bytes nor a CRLF is broken by the network.
  // Method: property over texts, line ends and places to cut.
  const text = fc.array(fc.string({ unit: fc.constantFrom('a', 'ß', '👋', ':', ' ') }), { maxLength: 5 });
  const lineEnd = fc.constantFrom('\n', '\r\n');
  await fc.assert(
    fc.asyncProperty(text, lineEnd, fc.array(fc.nat(200)), async (texts, end, cuts) => {
      const bytes = Buffer.from(texts.map((line) => `: comment${end}data: ${line}${end}${end}`).join(''));
      const places = [
        0,
        ...cuts.map((cut) => Math.min(cut, bytes.length)).toSorted((a, b) => a - b),
        bytes.length,
      ];
      const chunks = places.slice(1).map((place, index) => bytes.subarray(places[index], place));
      expect(await dataOf(chunks)).toEqual(texts);
    }),
  );
});

test('several data lines are one event, and an unfinished one is none', async () => {
  // Goal: the standard's rules.
  // Method: example.
  const body = 'event: x\ndata:1\ndata: 2\nid: 7\n\n\n\ndata: lost';
  expect(await dataOf([Buffer.from(body)])).toEqual(['1\n2']);
});

test('a line without end is refused', async () => {
  // Goal: bounded memory.
  // Method: two megabytes without a line end.
  const chunk = Buffer.alloc(1024 * 1024, 'a');
  await expect(dataOf([chunk, chunk])).rejects.toThrow(RangeError);
});
