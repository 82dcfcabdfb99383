import { Evidence, scaled } from '@longspan/testkit';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { attack, printable } from './attack.ts';
import { besiege, FRAME_BYTES_MAX, PARTS } from './besieged.ts';
import { hostileBytes } from './hostile.ts';
import { HostileSession, isDocumented, type Outcome } from './hostile-session.ts';
import { UP_FRAMES } from './valid.ts';

const ROUNDS_A_PART = scaled({ short: 5, quick: 5, full: 50, long: 1_000 });
const SESSIONS = 20;
const IN_ALL = PARTS * ROUNDS_A_PART * SESSIONS;
const FRAMES_EACH = 5;

/** Close codes by which a frame may end a session: those of PROTOCOL.md, and RFC 6455's for what is no UTF-8. */
const CODES = [1007, 1009, 4400, 4401];

interface Burst {
  readonly attached: boolean;
  readonly frames: readonly Uint8Array[];
  readonly binary: boolean;
}

test('no frame from a client does more than end its own session, with a code that says why', async () => {
  // Goal: whoever has a token, or none, can harm nobody and learns what was wrong.
  // Method: hostile frames, alone and in bursts, before and after the connect frame, each burst followed by a frame
  // whose answer is known: it is answered, or the connection is closed with a code that fits what was sent.
  await using evidence = new Evidence('input', 'hostile frames to the edge');
  let frames = 0;
  await besiege(evidence, async (bridge, part) => {
    const { endpoint } = bridge.edge(0);
    const token = await bridge.token('mallory');
    const valid = [...UP_FRAMES, { type: 'connect', token }, { type: 'auth', token }];
    await attack<Burst>({
      seed: evidence.seed + part,
      rounds: ROUNDS_A_PART,
      atOnce: SESSIONS,
      cases: fc.record({
        attached: fc.boolean(),
        frames: fc.array(hostileBytes(valid), { minLength: 1, maxLength: FRAMES_EACH }),
        binary: fc.integer({ min: 0, max: 20 }).map((n) => n === 0),
      }),
      attempt: async (burst) => {
        using session = await HostileSession.open(endpoint, burst.attached ? token : undefined);
        for (const frame of burst.frames) session.send(frame, burst.binary);
        frames += burst.frames.length;
        return complaint(burst, await session.settled());
      },
      show: (burst) => `${burst.attached} ${burst.binary} ${burst.frames.map(printable).join(' ')}`,
    });
  });
  expect(frames).toBeGreaterThanOrEqual(IN_ALL);
  evidence.promise({
    metric: 'Input: hostile frames to the edge',
    requirement: 'each answered, or its session closed with a documented code',
    achieved: `${frames.toLocaleString('en')} frames in ${IN_ALL.toLocaleString('en')} sessions`,
    holds: true,
  });
});

/** What is wrong with the outcome of a burst, if anything is. */
function complaint({ frames, binary }: Burst, outcome: Outcome): string | undefined {
  const isTooBig = frames.some((frame) => frame.length > FRAME_BYTES_MAX);
  if (outcome.kind === 'open') {
    const odd = outcome.answers.find((answer) => !isDocumented(answer));
    if (odd !== undefined) return `answered by ${JSON.stringify(odd)}`;
    return binary || isTooBig ? 'still open' : undefined;
  }
  const { code } = outcome;
  const isFitting =
    CODES.includes(code) && (code !== 1009 || isTooBig) && (code !== 1007 || !frames.every(isUtf8));
  return isFitting ? undefined : `closed by ${code}`;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
