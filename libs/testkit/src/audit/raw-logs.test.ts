import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { keepRawLogs } from './raw-logs.ts';

test('raw logs hold every line of every log, and say which log it is from', async () => {
  // Goal: whoever doubts a verdict can judge the run anew. Method: logs of more than one piece, read back.
  const folder = await mkdtemp(join(tmpdir(), 'raw-logs-'));
  await using _ = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
  const count = 2_000;
  const events = Array.from({ length: count }, (_unused, i) => ({ user: 'ada', id: `e-${i}`, seq: i + 1 }));
  await keepRawLogs(join(folder, 'run.jsonl.gz'), {
    published: events.map((event) => ({ ...event, publisher: 'one', outcome: 'acknowledged' })),
    committed: events,
    clients: [
      { client: 'phone', user: 'ada', from: 0, seen: [{ kind: 'gap', from: 0, to: 9, reason: 'expired' }] },
    ],
    commands: { sent: [{ user: 'ada', id: 'c', outcome: 'refused' }], effects: [{ user: 'ada', id: 'c' }] },
  });
  const text = gunzipSync(await readFile(join(folder, 'run.jsonl.gz'))).toString();
  const lines = text.trimEnd().split('\n');
  expect(lines).toHaveLength(2 * count + 4);
  expect(JSON.parse(lines[count] ?? '')).toEqual({ log: 'committed', user: 'ada', id: 'e-0', seq: 1 });
  expect(lines.slice(-3).map((line): unknown => JSON.parse(line))).toEqual([
    { log: 'seen', client: 'phone', kind: 'gap', from: 0, to: 9, reason: 'expired' },
    { log: 'sent', user: 'ada', id: 'c', outcome: 'refused' },
    { log: 'effect', user: 'ada', id: 'c' },
  ]);
});
