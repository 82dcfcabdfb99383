import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import type { RunLogs } from './logs.ts';

/** Lines are handed on in pieces of about this many characters. */
const PIECE_CHARS = 64 * 1024;

/**
 * Keeps the logs of a run as compressed JSON lines, each of which names the log that it is from: `published`,
 * `committed`, `seen` (with its client), `stream`, `sent`, `effect`. Whoever doubts a verdict can judge anew.
 */
export async function keepRawLogs(path: string, logs: RunLogs): Promise<void> {
  const fast = createGzip({ level: constants.Z_BEST_SPEED });
  await pipeline(Readable.from(pieces(lines(logs))), fast, createWriteStream(path));
}

function* lines({ published, committed, clients, streams, commands }: RunLogs): Generator<string> {
  for (const stream of streams ?? []) yield JSON.stringify({ log: 'stream', ...stream });
  for (const event of published) yield JSON.stringify({ log: 'published', ...event });
  for (const event of committed) yield JSON.stringify({ log: 'committed', ...event });
  for (const { seen, ...client } of clients) {
    yield JSON.stringify({ log: 'client', ...client });
    for (const entry of seen) yield JSON.stringify({ log: 'seen', client: client.client, ...entry });
  }
  for (const command of commands?.sent ?? []) yield JSON.stringify({ log: 'sent', ...command });
  for (const effect of commands?.effects ?? []) yield JSON.stringify({ log: 'effect', ...effect });
}

function* pieces(all: Iterable<string>): Generator<string> {
  let piece = '';
  for (const line of all) {
    piece += `${line}\n`;
    if (piece.length < PIECE_CHARS) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}
