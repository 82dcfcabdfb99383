import { audit, type Audit } from './audit/audit.ts';
import type { ClientLog } from './audit/logs.ts';
import { dumpStreams } from './audit/stream-dump.ts';
import { streamFacts } from './audit/stream-facts.ts';
import type { Bridge } from './bridge/bridge.ts';
import type { RecordedClient } from './bridge/recorded-client.ts';
import type { NatsCluster } from './nats/nats-cluster.ts';
import type { RawClient } from './raw-client.ts';
import { SteadyLoad } from './steady-load.ts';
import type { Timings } from './stopwatch.ts';

/** An event's journey in a test may include two elections. */
const DELIVERED_WITHIN_MS = 60_000;

/** A client whose log can be judged: by the library, or by the protocol alone. */
export interface Audience extends AsyncDisposable {
  readonly log: ClientLog;
  untilSeen(id: string, timeoutMs?: number): Promise<void>;
}

export interface RunOptions extends Timings {
  readonly nats: NatsCluster;
  readonly bridge: Bridge;
  /** Begins the names of the run's users, so that runs on one cluster do not meet. */
  readonly name: string;
  /** Default 6. */
  readonly users?: number;
  /** Events a second for each user; default 20. */
  readonly ratePerUser?: number;
}

/**
 * Users whose events come at a steady rate by the ingress, each with two devices that take them throughout: one by
 * the client library, one by the protocol alone, on different edges to begin with.
 */
export class SteadyRun implements AsyncDisposable {
  readonly load: SteadyLoad;
  readonly apps: readonly RecordedClient[];
  readonly raws: readonly RawClient[];
  readonly #nats: NatsCluster;
  readonly #owned: AsyncDisposableStack;

  private constructor(
    nats: NatsCluster,
    load: SteadyLoad,
    apps: readonly RecordedClient[],
    raws: readonly RawClient[],
    owned: AsyncDisposableStack,
  ) {
    this.#nats = nats;
    this.load = load;
    this.apps = apps;
    this.raws = raws;
    this.#owned = owned;
  }

  /** Resolves when all devices have caught up and events flow. */
  static async start(options: RunOptions): Promise<SteadyRun> {
    const { nats, bridge, name, users = 6, ratePerUser = 20, latency, reconnect } = options;
    await using cleanup = new AsyncDisposableStack();
    const names = Array.from({ length: users }, (_, i) => `${name}-${i}`);
    const apps: RecordedClient[] = [];
    const raws: RawClient[] = [];
    for (const [i, user] of names.entries()) {
      apps.push(
        cleanup.use(
          bridge.client(user, { startAt: i % bridge.edges.length, label: `app-${user}`, latency, reconnect }),
        ),
      );
      // Before it connects again, the client by the protocol alone waits a while that is its own and says nothing.
      raws.push(cleanup.use(await bridge.rawClient(user, { startAt: i + 1, name: `raw-${user}`, latency })));
    }
    await Promise.all([...apps.map(({ client }) => client.caughtUp()), ...raws.map((raw) => raw.connect())]);
    const load = cleanup.use(new SteadyLoad({ users: names, ratePerUser, publish: bridge.publish }));
    await load.flows(users * 5);
    return new SteadyRun(nats, load, apps, raws, cleanup.move());
  }

  /** Ends the load and judges what its devices have seen, as `judged` does. */
  async finish(): Promise<Audit> {
    return judged(this.#nats, this.load, [...this.apps, ...this.raws]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }
}

/**
 * Ends the load, waits until every device has seen its user's last acknowledged event, and judges everything by the
 * publishers' log and the stream.
 */
export async function judged(
  nats: NatsCluster,
  load: SteadyLoad,
  devices: readonly Audience[],
  withinMs = DELIVERED_WITHIN_MS,
): Promise<Audit> {
  await load.stop();
  const { published } = load;
  // A device that misses its last event is for the audit to name, not for a timeout.
  await Promise.allSettled(
    devices.map(async (device) => {
      const last = published.findLast(
        ({ user, outcome }) => user === device.log.user && outcome === 'acknowledged',
      );
      if (last) await device.untilSeen(last.id, withinMs);
    }),
  );
  const users = new Set(published.map(({ user }) => user));
  const committed = (await dumpStreams(nats.urls)).filter(({ user }) => users.has(user));
  const streams = await streamFacts(nats.urls);
  return audit({ published, committed, clients: devices.map(({ log }) => log), streams });
}
