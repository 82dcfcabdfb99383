import { once } from 'node:events';
import { connect } from 'node:net';
import { Evidence, scaled } from '@longspan/testkit';
import { expect, test } from 'vitest';
import { besiege } from './besieged.ts';
import { UPGRADE } from './upgrade.ts';

/** Half of something, and by when whoever waits for the other half is sent away. */
interface Half {
  readonly name: string;
  readonly service: 'edge' | 'ingress';
  readonly text: string;
  readonly withinMs: number;
}

const SLACK_MS = 10_000;
const EDGE_MS = 11_000 + SLACK_MS;
/** The time for a connect frame, and then that for an answer to the close. */
const WEBSOCKET_MS = 5_000 + 30_000 + SLACK_MS;
const INGRESS_MS = 35_000 + SLACK_MS;
const HALVES: readonly Half[] = [
  { name: 'a connection without a byte', service: 'edge', text: '', withinMs: EDGE_MS },
  { name: 'half a line', service: 'edge', text: 'GET /v1/ev', withinMs: EDGE_MS },
  {
    name: 'half the headers',
    service: 'edge',
    text: 'GET /v1/ws HTTP/1.1\r\nhost: a\r\n',
    withinMs: EDGE_MS,
  },
  { name: 'a WebSocket without a connect frame', service: 'edge', text: UPGRADE, withinMs: WEBSOCKET_MS },
  { name: 'a connection without a byte', service: 'ingress', text: '', withinMs: INGRESS_MS },
  {
    name: 'half a body',
    service: 'ingress',
    text: 'POST /v1/users/ada/events HTTP/1.1\r\nhost: a\r\nauthorization: Bearer test-publish-token\r\ncontent-length: 99\r\n\r\n{',
    withinMs: INGRESS_MS,
  },
];
const TRIED = HALVES.slice(0, scaled({ short: 3, quick: 3, full: 6, long: 6 }));
const EACH = 50;

test('who sends half of something and falls silent is sent away, and keeps nobody waiting', async () => {
  // Goal: connections cannot be used up by saying nothing. Method: many that say half, and wait; each must be closed.
  await using evidence = new Evidence('input', 'half requests');
  let closed = 0;
  await besiege(evidence, async (bridge, part) => {
    if (part > 0) return;
    const portOf = {
      edge: Number(new URL(bridge.edge(0).url).port),
      ingress: Number(new URL(bridge.ingress.url).port),
    };
    await Promise.all(
      TRIED.flatMap((half) =>
        Array.from({ length: EACH }, async () => {
          await sentAway(portOf[half.service], half);
          closed += 1;
        }),
      ),
    );
  });
  expect(closed).toBe(TRIED.length * EACH);
  evidence.promise({
    metric: 'Input: half requests sent away',
    requirement: `every one of ${TRIED.length * EACH}: ${TRIED.map(({ name, service }) => `${name} (${service})`).join(', ')}`,
    achieved: String(closed),
    holds: closed === TRIED.length * EACH,
  });
});

/** Resolves when the other side has closed the connection; rejects if it does not within the time. */
async function sentAway(port: number, { name, text, withinMs }: Half): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => undefined).resume();
  socket.write(text);
  try {
    await once(socket, 'close', { signal: AbortSignal.timeout(withinMs) });
  } catch (cause) {
    throw new Error(`${name} is still waited for after ${withinMs} ms`, { cause });
  } finally {
    socket.destroy();
  }
}
