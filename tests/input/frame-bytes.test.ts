import { once } from 'node:events';
import { connect } from 'node:net';
import { Evidence, scaled } from '@longspan/testkit';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { attack, printable } from './attack.ts';
import { besiege, PARTS } from './besieged.ts';
import { asksToClose, encode, frameBytes, type FrameBytes } from './frame-bytes.ts';
import { UPGRADE } from './upgrade.ts';

const ROUNDS_A_PART = scaled({ short: 3, quick: 3, full: 40, long: 1_000 });
const AT_ONCE = 25;
const IN_ALL = PARTS * ROUNDS_A_PART * AT_ONCE;
const ENDED_WITHIN_MS = 20_000;

/** RFC 6455's for broken frames and for what is no UTF-8, too big, and those of PROTOCOL.md for who has no token. */
const CODES = [1000, 1002, 1007, 1009, 4400, 4401, 4408];

test('no bytes on an open WebSocket do more than end it, with a code that says why', async () => {
  // Goal: the layer below the frames holds, too: fragments, wrong opcodes, lengths that lie, control frames in between.
  // Method: upgrade by hand, write frames byte by byte, stop writing; the edge must close, by a documented code if at all.
  await using evidence = new Evidence('input', 'hostile bytes on a WebSocket');
  let frames = 0;
  await besiege(evidence, async (bridge, part) => {
    const port = Number(new URL(bridge.edge(0).url).port);
    await attack<readonly FrameBytes[]>({
      seed: evidence.seed + part,
      rounds: ROUNDS_A_PART,
      atOnce: AT_ONCE,
      cases: fc.array(frameBytes, { minLength: 1, maxLength: 6 }),
      attempt: async (sequence) => {
        frames += sequence.length;
        const bytes = Buffer.concat(sequence.map(encode));
        const code = await closedBy(port, bytes);
        const isDue = code === undefined || CODES.includes(code) || asksToClose(bytes, code);
        return isDue ? undefined : `closed by ${code}`;
      },
      show: (sequence) => sequence.map((frame) => printable(encode(frame))).join(' '),
    });
  });
  expect(frames).toBeGreaterThanOrEqual(IN_ALL);
  evidence.promise({
    metric: 'Input: hostile bytes on WebSockets to the edge',
    requirement: 'each connection ends, by a documented code if one is told',
    achieved: `${frames.toLocaleString('en')} frames on ${IN_ALL.toLocaleString('en')} connections`,
    holds: true,
  });
});

/**
 * Writes bytes to an upgraded connection and ends it. Resolves to the code of the edge's close frame, if it sent one,
 * when the edge has ended the connection as well.
 */
async function closedBy(port: number, bytes: Buffer): Promise<number | undefined> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  const parts: Buffer[] = [];
  const closed = once(socket, 'close', { signal: AbortSignal.timeout(ENDED_WITHIN_MS) });
  socket.on('data', (part: Buffer) => parts.push(part));
  socket.write(UPGRADE);
  await Promise.race([once(socket, 'data'), closed]);
  socket.write(bytes);
  // Whoever has been answered, or has nothing more to come, is done.
  const done = setTimeout(() => socket.end(), 100);
  socket.on('data', () => socket.end());
  try {
    await closed;
  } finally {
    clearTimeout(done);
    socket.destroy();
  }
  return closeCodeIn(Buffer.concat(parts));
}

/** The code of the first close frame after the answer to the upgrade. */
function closeCodeIn(answer: Buffer): number | undefined {
  let at = answer.indexOf('\r\n\r\n') + 4;
  while (at + 2 <= answer.length) {
    const [opcode, short] = [(answer[at] ?? 0) & 0x0f, (answer[at + 1] ?? 0) & 0x7f];
    const long = short === 126;
    const length = long ? answer.readUInt16BE(at + 2) : short;
    const payload = at + (long ? 4 : 2);
    if (opcode === 8) return length >= 2 ? answer.readUInt16BE(payload) : undefined;
    at = payload + length;
  }
  return undefined;
}
