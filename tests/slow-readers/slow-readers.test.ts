import {
  Evidence,
  SteadyLoad,
  judged,
  median,
  scaled,
  startBridge,
  startNats,
  type Bridge,
  type LatencyRecorder,
  type RawClient,
} from '@longspan/testkit';
import { expect, onTestFailed, test } from 'vitest';
import { kernelBytes } from './kernel-buffers.ts';

const MIB = 1024 * 1024;
const KIB = 1024;

/** So many readers stop, and so many go on: one of each for every user, so that no two share what is kept. */
const USERS = scaled({ short: 20, quick: 20, full: 200, long: 200 });
/** Events for each user while its slow reader is stopped, and how many a second. */
const EVENTS = scaled({ short: 500, quick: 500, full: 360, long: 500 });
const RATE = scaled({ short: 50, quick: 50, full: 5, long: 5 });
const EVENT_CHARS = 20_000;
/** Without slow readers, for comparison. */
const CALM_EVENTS = Math.ceil(EVENTS / 8);

const OUTBOX_BYTES = 512 * KIB;
/** A page under way for a session that reads the stream (ARCHITECTURE.md, invariant 9). */
const PAGE_BYTES = 272 * KIB;
/** The newest events of a user, for sessions that come near the live end (`libs/delivery/src/tail.ts`). */
const TAIL_BYTES = 512 * KIB;
/** Garbage of what passed through: some, and as much again as an outbox holds for each. */
const SLACK_BYTES = 48 * MIB + USERS * OUTBOX_BYTES;
const MEMORY_EVERY_MS = 500;
const SHORT_MS = 100;
const CAUGHT_UP_WITHIN_MS = 120_000;

test('G8: readers that stop cost others nothing and the edge a bounded memory, and catch up when they read on', async () => {
  // Goal: backpressure is the log's job. What a slow reader has not taken is neither kept by the edge nor lost.
  // Method: half of the readers stop taking bytes while megabytes of each user's events pass, more than all buffers on
  // the way hold; the other half reads on. The same load without slow readers comes first, for comparison.
  await using evidence = new Evidence('slow-readers', 'Readers that stop among readers that go on');
  await using nats = await startNats({ nodes: 1, backend: 'processes' });
  await using bridge = await startBridge({
    nats,
    edges: 1,
    env: { LONGSPAN_OUTBOX_BYTES_MAX: String(OUTBOX_BYTES) },
  });
  onTestFailed(() => console.log(bridge.logTail()));
  const { service, url } = bridge.edge(0);
  const memory = evidence.series('memory of the edge', 'MiB');
  const resident = async () => {
    const bytes = (await service.residentBytes()) ?? 0;
    memory.add(Math.round(bytes / MIB));
    return bytes;
  };

  const calm = evidence.latency('publish to callback, no slow readers');
  {
    await using readers = await Readers.connect(bridge, 'calm', calm);
    await using load = readers.load(CALM_EVENTS);
    await load.done();
    await readers.have(CALM_EVENTS);
  }
  const before = await resident();

  const busy = evidence.latency('publish to callback, as many slow readers');
  await using healthy = await Readers.connect(bridge, 'busy', busy);
  await using slow = await Readers.connect(bridge, 'busy');
  for (const client of slow.clients) client.pause();
  evidence.mark(`${USERS} readers stop`);
  await using load = healthy.load(EVENTS);
  let highest = before;
  const watch = setInterval(
    () => void resident().then((bytes) => (highest = Math.max(highest, bytes))),
    MEMORY_EVERY_MS,
  );
  await load.done();
  await healthy.have(EVENTS);
  const buffered = await kernelBytes(Number(new URL(url).port));
  clearInterval(watch);

  const passed = EVENTS * EVENT_CHARS;
  const passedBy = passed - buffered / USERS - OUTBOX_BYTES;
  expect(passedBy).toBeGreaterThan(0);
  expect(slow.clients.every(({ seen }) => seen.length < EVENTS)).toBe(true);
  evidence.fact('what passed each stopped reader by', {
    published: passed,
    heldByTheSystem: Math.round(buffered / USERS),
    outbox: OUTBOX_BYTES,
  });
  const bound = USERS * (OUTBOX_BYTES + PAGE_BYTES + TAIL_BYTES) + SLACK_BYTES;
  const grown = highest - before;
  evidence.promise({
    metric: `Slow readers: memory of an edge with ${USERS} stopped readers`,
    requirement: `less than ${mib(bound)} more: an outbox, a page and a tail each, and ${mib(SLACK_BYTES)}; to keep what passed them by would take ${mib(USERS * (passed - buffered / USERS))}`,
    achieved: `${mib(grown)} more at most`,
    holds: grown < bound,
  });

  const resumedMs = performance.now();
  for (const client of slow.clients) client.resume();
  evidence.mark('they read on');
  await slow.have(EVENTS, CAUGHT_UP_WITHIN_MS);
  const caughtUpMs = performance.now() - resumedMs;
  await resident();
  const closed = [...healthy.clients, ...slow.clients].flatMap(({ closes }) => closes);
  evidence.promise({
    metric: 'Slow readers: disconnected for being slow',
    requirement: `none of ${USERS}`,
    achieved: String(closed.length),
    holds: closed.length === 0,
  });
  evidence.audited(
    `Slow readers: events of ${USERS} slow and ${USERS} healthy readers`,
    await judged(nats, load, [...healthy.clients, ...slow.clients]),
  );
  evidence.figure({
    metric: 'Slow readers: caught up',
    requirement: 'all, when they read on',
    achieved: `${USERS} readers, ${mib(USERS * passed)}, in ${(caughtUpMs / 1_000).toFixed(1)} s`,
    holds: true,
  });
  const [without, withSlow] = [typicalP99(calm), typicalP99(busy)];
  evidence.figure({
    metric: 'Slow readers: p99 of the healthy ones in the median second',
    requirement: `at most twice as long as without slow ones, or below ${SHORT_MS} ms`,
    achieved: `${without.toFixed(1)} ms without, ${withSlow.toFixed(1)} ms with slow ones; p50 and p99 of all: ${figures(calm)} without, ${figures(busy)} with`,
    holds: withSlow <= Math.max(SHORT_MS, 2 * without),
  });
});

/** One reader for each user, by the protocol alone, on one edge. */
class Readers implements AsyncDisposable {
  readonly clients: readonly RawClient[];
  readonly #bridge: Bridge;
  readonly #users: readonly string[];
  readonly #owned: AsyncDisposableStack;

  private constructor(
    bridge: Bridge,
    users: readonly string[],
    clients: readonly RawClient[],
    owned: AsyncDisposableStack,
  ) {
    this.#bridge = bridge;
    this.#users = users;
    this.clients = clients;
    this.#owned = owned;
  }

  static async connect(bridge: Bridge, name: string, latency?: LatencyRecorder): Promise<Readers> {
    await using owned = new AsyncDisposableStack();
    const users = Array.from({ length: USERS }, (_, n) => `${name}-${n}`);
    const clients: RawClient[] = [];
    for (const user of users) clients.push(owned.use(await bridge.rawClient(user, { latency })));
    await Promise.all(clients.map((client) => client.connect()));
    return new Readers(bridge, users, clients, owned.move());
  }

  /** Begins to publish so many events for each user. */
  load(eventsPerUser: number): SteadyLoad {
    const { publish } = this.#bridge;
    const options = { ratePerUser: RATE, padChars: EVENT_CHARS, eventsPerUser, publish };
    return new SteadyLoad({ users: this.#users, ...options });
  }

  async have(events: number, withinMs = 60_000): Promise<void> {
    await Promise.all(
      this.clients.map((client) =>
        client.until(`has ${events} events`, () => client.seen.length >= events, withinMs),
      ),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }
}

function mib(bytes: number): string {
  return `${Math.round(bytes / MIB)} MiB`;
}

/** A second in which the machine did something else does not count, one stall does not hide the others. */
function typicalP99(latency: LatencyRecorder): number {
  return median(latency.distribution('', 0).windows.map(({ p99 }) => p99));
}

function figures(latency: LatencyRecorder): string {
  return `${latency.percentileMs(50).toFixed(1)} and ${latency.percentileMs(99).toFixed(1)} ms`;
}
