import { LongspanClient, LongspanError } from '@longspan/client';
import { decodeDown, parsePosition } from '@longspan/protocol';
import { Evidence, eventually, scaled } from '@longspan/testkit';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { attack, printable } from './attack.ts';
import { hostileText } from './hostile.ts';
import { HostileEdge, type Script } from './hostile-edge.ts';
import { DOWN_FRAMES } from './valid.ts';

const ROUNDS = scaled({ short: 12, quick: 12, full: 200, long: 4_000 });
const AT_ONCE = 25;
const WELL_WITHIN_MS = 20_000;
/** The frame of the send that each client makes is no longer. */
const SMALL_SEND_BYTES = 128;

test('whatever an edge says, the client library keeps its order, and is well again with the next edge', async () => {
  // Goal: a broken or hostile edge, or whoever sits in between, cannot break an application.
  // Method: a server says hostile frames, mostly after a good welcome, and drops the connection; the next connection
  // meets a good one. The callback must never be given an event twice or out of order, and must get the last one,
  // unless the client ended for good, which is right if another user was named.
  await using evidence = new Evidence('input', 'hostile frames to the client library');
  await using edge = await HostileEdge.listen();
  let [frames, number] = [0, 0];
  const said = fc.oneof(
    { weight: 20, arbitrary: hostileText(DOWN_FRAMES) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }) },
  );
  const [welcome] = DOWN_FRAMES;
  await attack<Script>({
    seed: evidence.seed,
    rounds: ROUNDS,
    atOnce: AT_ONCE,
    cases: fc
      .tuple(fc.integer({ min: 0, max: 4 }), fc.array(said, { minLength: 1, maxLength: 30, size: 'max' }))
      .map(([n, script]) => (n === 0 ? script : [JSON.stringify(welcome), ...script])),
    attempt: async (script) => {
      frames += script.length;
      const token = `token-${(number += 1)}`;
      edge.say(token, script);
      return complaint(edge.url, token, script);
    },
    show: (script) =>
      script.map((one) => (typeof one === 'string' ? one.slice(0, 200) : printable(one))).join('\n'),
  });
  expect(frames).toBeGreaterThan(ROUNDS * AT_ONCE);
  evidence.promise({
    metric: 'Input: hostile frames to the client library',
    requirement: 'no exception, nothing twice or out of order, and well again with the next edge',
    achieved: `${frames.toLocaleString('en')} frames to ${(ROUNDS * AT_ONCE).toLocaleString('en')} clients`,
    holds: true,
  });
});

/** Whether a script says, in a welcome that a client believes, that the edge takes less than a small send. */
function takesNextToNothing(script: Script): boolean {
  return script.some((said) => {
    const frame = typeof said === 'string' ? decodeDown(said) : undefined;
    if (frame?.type !== 'welcome') return false;
    return frame.limits.eventBytes < SMALL_SEND_BYTES || frame.limits.frameBytes < SMALL_SEND_BYTES;
  });
}

/** What goes wrong with a client that meets this token's script first, if anything does. */
async function complaint(url: string, token: string, script: Script): Promise<string | undefined> {
  await using client = new LongspanClient({ urls: [url], token, backoff: { baseMs: 1, maxMs: 10 } });
  let wrong: string | undefined;
  let last = { epoch: '', seq: 0 };
  let isWell = false;
  client.on('event', ({ id }, { position }) => {
    const at = parsePosition(position);
    if (at === undefined) wrong ??= `an event at ${position}`;
    else if (at.epoch === last.epoch && at.seq <= last.seq) wrong ??= `${position} after ${last.seq}`;
    else last = at;
    isWell ||= id === 'the-last';
  });
  client.on('gap', ({ to }) => {
    last = parsePosition(to) ?? last;
  });
  client.on('error', ({ code, cause }) => {
    if (code === 'handler_failed') wrong ??= String(cause);
  });
  client.connect();
  const sent = client.send({ type: 'note' }).then(
    () => undefined,
    (error: unknown) => error,
  );
  const over = () => client.state.kind === 'closed' && client.state.reason === 'user_changed';
  await eventually('it is well', () => wrong !== undefined || isWell || over(), WELL_WITHIN_MS).catch(() => {
    wrong ??= `not well: ${JSON.stringify(client.state)} at ${client.position}`;
  });
  const refusal = isWell ? await sent : undefined;
  // An edge's word about how much it takes is law, where it has given it.
  const isTooBig = refusal instanceof LongspanError && refusal.code === 'event_too_big';
  const isLawful = isTooBig && takesNextToNothing(script);
  if (refusal !== undefined && !isLawful) wrong ??= `its send was refused: ${String(refusal)}`;
  return wrong;
}
