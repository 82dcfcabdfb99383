import { expect, test } from 'vitest';
import { OwnedProcess } from '../child-process.ts';
import { SeriesRecorder } from '../evidence/evidence.ts';
import { lookForCrossings, lookForRemains } from './edge-memory.ts';
import { Inspector, INSPECTABLE } from './inspector.ts';
import { ServiceWatch } from './service-watch.ts';

/** As much of an edge as the memory check knows of, with the sessions in the hands of whoever inspects it. */
const PRETEND_EDGE = `
  const { EventEmitter } = require('node:events');
  class Socket { writes = []; }
  class WebSocket extends EventEmitter { constructor(socket) { super(); this._socket = socket; } }
  class WebSocketWire { #socket; constructor(socket) { this.#socket = socket; } send(b) { this.#socket._socket.writes.push(b); } }
  class FeedHost { user; sessions = new Set(); #log; #feed = { kind: 'live' }; constructor(user, log) { this.user = user; this.#log = log; } }
  class SessionHost {
    id = 'x'; feed; held = []; #session = { kind: 'live' }; #wire;
    constructor(feed, wire) { this.feed = feed; this.#wire = wire; }
  }
  const log = { feeds: new Map() };
  globalThis.wires = new Map();
  globalThis.attach = (user) => {
    const feed = log.feeds.get(user) ?? new FeedHost(user, log);
    log.feeds.set(user, feed);
    const wire = new WebSocketWire(new WebSocket(new Socket()));
    const session = new SessionHost(feed, wire);
    feed.sessions.add(session);
    wire.send(Buffer.from(JSON.stringify({ data: { owner: user, pad: 'x'.repeat(100_000) } })));
    wires.set(user, session);
  };
  globalThis.hold = (user, thing) => void wires.get(user).held.push(thing);
  globalThis.detachAll = () => { log.feeds.clear(); wires.clear(); };
  globalThis.block = (ms) => { const end = performance.now() + ms; while (performance.now() < end); };
  setInterval(() => undefined, 1_000);
  console.log('ready');
`;

const USERS = new Set(['ann', 'bob', 'eve']);

/** An expression that makes a text which does not stand in any script: scripts stay in memory. */
function made(text: string): string {
  return `Buffer.from('${Buffer.from(text).toString('hex')}', 'hex').toString()`;
}

function attach(...users: readonly string[]): string {
  return users.map((user) => `attach(${made(user)})`).join(';');
}

async function startPretendEdge(): Promise<{ readonly edge: Inspector } & AsyncDisposable> {
  await using cleanup = new AsyncDisposableStack();
  const { PATH = '' } = process.env;
  const ready = Promise.withResolvers<void>();
  const child = new OwnedProcess({
    command: process.execPath,
    args: ['-e', PRETEND_EDGE],
    env: { PATH, ...INSPECTABLE },
    onLine: (line) => {
      if (line === 'ready') ready.resolve();
    },
  });
  cleanup.defer(async () => void (await child.end('SIGKILL')));
  const edge = cleanup.use(await Inspector.attach(child));
  // The inspector listens before the program has run.
  await ready.promise;
  const owned = cleanup.move();
  return { edge, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

test('users who share nothing are found clean, and whatever one holds of another is found', async () => {
  // Goal: the memory check is itself checked. Method: a process with an edge's classes; cross its users in each way.
  await using started = await startPretendEdge();
  const { edge } = started;
  await edge.evaluate(attach('ann', 'ann', 'bob', 'eve'));
  const clean = await lookForCrossings(edge, USERS);
  expect(clean).toMatchObject({ users: 3, sessions: 4, payloads: 4, crossings: [] });

  const payload = `${made('{"data":{"owner":"bob"}}')}.padEnd(9_000)`;
  for (const [what, thing] of [
    ['a payload of bob', `Buffer.from(${payload})`],
    ['a payload of bob', `[new Map([[1, { frame: Buffer.from(${payload}) }]])]`],
    ['a payload of bob', `Buffer.from(${payload}).toString()`],
    ['the name of bob', `{ last: ${made('bob')} }`],
    ['the SessionHost of bob', `(() => { const session = wires.get('bob'); return () => session; })()`],
  ]) {
    await edge.evaluate(`hold('eve', ${thing})`);
    const { crossings } = await lookForCrossings(edge, USERS);
    expect(crossings).toContainEqual({ user: 'eve', holds: what });
    expect(new Set(crossings.map(({ user }) => user))).toEqual(new Set(['eve']));
    await edge.evaluate(`void (wires.get('eve').held.length = 0)`);
  }
});

test('nothing is left of users who have gone, and what is left is found', async () => {
  // Goal and method as above, for what is kept after the last session.
  await using started = await startPretendEdge();
  const { edge } = started;
  await edge.evaluate(attach('ann', 'bob'));
  expect(await lookForRemains(edge, USERS)).toMatchObject({ hosts: 4 });
  await edge.evaluate('detachAll()');
  expect(await lookForRemains(edge, USERS)).toEqual({ hosts: 0, texts: [], payloads: [] });
  await edge.evaluate(
    `void (globalThis.kept = [Buffer.from(${made('{"owner":"ann"}')}.padEnd(9_000)), new Set([${made('bob')}])])`,
  );
  const remains = await lookForRemains(edge, USERS);
  expect(remains).toMatchObject({ hosts: 0, payloads: ['ann'] });
  expect(remains.texts).toContain('bob');
});

test('a service that stands still is seen to', async () => {
  // Goal: a stall of the event loop cannot hide. Method: block a process for a while, as one long task would.
  await using started = await startPretendEdge();
  const { edge } = started;
  const series = { loopDelay: new SeriesRecorder(0), heap: new SeriesRecorder(0) };
  const watch = await ServiceWatch.start(edge, series);
  await edge.evaluate('new Promise((resolve) => setTimeout(() => resolve(block(300)), 50))');
  await watch[Symbol.asyncDispose]();
  expect(watch.loopDelayMaxMs).toBeGreaterThan(200);
  expect(series.heap.points.at(-1)?.[1]).toBeGreaterThan(1);
});
