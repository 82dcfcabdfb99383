import { WebSocket } from 'ws';
import { RecordedClient } from '../bridge/recorded-client.ts';
import { signToken } from '../bridge/tokens.ts';
import { LatencyRecorder } from '../evidence/latency-recorder.ts';
import { Random } from '../random.ts';
import { RawClient } from '../raw-client.ts';
import { SteadyLoad } from '../steady-load.ts';
import { measureLoopDelay, type LoopDelay } from '../threads/loop-delay.ts';
import { Watchdog } from '../threads/watchdog.ts';
import type { Harvest, LastOf, Progress, Surroundings, ToWorker } from './crowd-messages.ts';
import type { DevicePlan, PublisherPlan, WorkerPlan } from './crowd-plan.ts';
import { packClient, packPublished } from './log-parcel.ts';
import { Member } from './member.ts';
import { byIngress, byLog, openLog } from './publishing.ts';
import { toOwner } from './worker-link.ts';

const PROGRESS_EVERY_MS = 500;
/** Longer than any outage that a scenario makes on purpose: two elections and a reconnect with its backoff. */
const SETTLED_WITHIN_MS = 45_000;

/** One worker's part of a crowd. Its owner tells it what to do, in the order of `ToWorker`. */
class CrowdWorker {
  readonly #plan: WorkerPlan;
  readonly #surroundings: Surroundings;
  readonly #watchdog = new Watchdog(SETTLED_WITHIN_MS);
  readonly #latency = new LatencyRecorder();
  readonly #reconnect = new LatencyRecorder();
  readonly #stopping = new AbortController();
  readonly #owned = new AsyncDisposableStack();
  readonly #loads = new Map<PublisherPlan, SteadyLoad>();
  #members: readonly Member[] = [];
  #schedules: Promise<unknown> = Promise.resolve();
  #loopDelay: () => LoopDelay = () => ({ p99Ms: 0, maxMs: 0 });

  constructor(plan: WorkerPlan, surroundings: Surroundings) {
    this.#plan = plan;
    this.#surroundings = surroundings;
  }

  get progress(): Progress {
    const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
    return {
      acknowledged: sum([...this.#loads.values()].map((load) => load.acknowledged)),
      delivered: sum(this.#members.map(({ device }) => device.seen.length)),
      goings: sum(this.#members.map(({ goings }) => goings)),
    };
  }

  /** Resolves when all its devices are live. */
  async begin(): Promise<void> {
    this.#members = await Promise.all(this.#plan.devices.map((plan) => this.#member(plan)));
    await Promise.all(this.#members.map((member) => member.live()));
  }

  async go(): Promise<void> {
    this.#loopDelay = measureLoopDelay();
    const { comings, commandRate, padChars } = this.#surroundings;
    const { signal } = this.#stopping;
    const schedules = this.#members.flatMap((member) => [
      ...(comings ? [member.comeAndGo(comings, signal)] : []),
      ...(commandRate > 0 ? [member.sendCommands(commandRate, signal)] : []),
    ]);
    this.#schedules = Promise.all(schedules);
    const { publishers } = this.#plan;
    const direct = publishers.some(({ via }) => via === 'log');
    const toLog = direct ? byLog(this.#owned.use(await openLog(this.#surroundings))) : undefined;
    const toIngress = byIngress(this.#surroundings);
    for (const plan of publishers) {
      const publish = (plan.via === 'log' ? toLog : undefined) ?? toIngress;
      const { name, users, ratePerUser } = plan;
      const pad = padChars === undefined ? {} : { padChars };
      this.#loads.set(plan, new SteadyLoad({ name, users, ratePerUser, publish, ...pad }));
    }
  }

  async stop(): Promise<LastOf> {
    this.#stopping.abort();
    await this.#watchdog.watch(
      'every publish is answered',
      Promise.all([...this.#loads.values()].map((load) => load.stop())),
    );
    const last = new Map<string, string[]>();
    for (const load of this.#loads.values()) {
      for (const [user, id] of load.lastIds) last.set(user, [...(last.get(user) ?? []), id]);
    }
    return [...last];
  }

  async settle(last: LastOf): Promise<Harvest> {
    await this.#watchdog.watch('every device is back', this.#schedules);
    const loopDelay = this.#loopDelay();
    const idsOf = new Map(last);
    await Promise.all(this.#members.map((member) => member.seen(idsOf.get(member.device.log.user) ?? [])));
    const harvest = {
      progress: this.progress,
      clients: this.#members.map(({ device }) => packClient(device.log)),
      published: [...this.#loads].map(([{ name }, load]) => packPublished(name, load.published)),
      commands: this.#members.flatMap(({ commands }) => commands),
      latency: this.#latency.parcel(),
      reconnect: this.#reconnect.parcel(),
      watched: this.#watchdog.watched,
      longestMs: this.#watchdog.longestMs,
      overdue: this.#watchdog.overdue,
      loopDelay,
    };
    await this.#owned.disposeAsync();
    return harvest;
  }

  async #member(plan: DevicePlan): Promise<Member> {
    const { user, name, kind, seed } = plan;
    const { edges } = this.#surroundings;
    const random = new Random(seed);
    const timings = { latency: this.#latency, reconnect: this.#reconnect };
    const startAt = plan.startAt % edges.length;
    const endpoints = edges.map((_, i) => edges[(i + startAt) % edges.length]?.endpoint ?? '');
    const device =
      kind === 'raw'
        ? new RawClient({ endpoints, user, name, token: await signToken(user), ...timings }).start()
        : new RecordedClient(
            user,
            name,
            {
              urls: edges.map(({ url }) => url),
              startAt,
              token: () => signToken(user),
              from: 'earliest',
              random: () => random.next(),
              // Node's own can only close in order; this one can also be cut off.
              ...(seed % 2 === 0 ? { WebSocket } : {}),
            },
            timings,
          );
    this.#owned.use(device);
    return new Member({ device, random, watchdog: this.#watchdog });
  }
}

let worker: CrowdWorker | undefined;

async function obey(message: ToWorker): Promise<void> {
  if (message.kind === 'begin') {
    worker = new CrowdWorker(message.plan, message.surroundings);
    await worker.begin();
    owner.send({ kind: 'live' });
    return;
  }
  if (worker === undefined) throw new Error(`${message.kind} before begin`);
  switch (message.kind) {
    case 'go': {
      const working = worker;
      setInterval(
        () => owner.send({ kind: 'progress', progress: working.progress }),
        PROGRESS_EVERY_MS,
      ).unref();
      return worker.go();
    }
    case 'stop':
      return owner.send({ kind: 'stopped', last: await worker.stop() });
    case 'settle':
      return owner.send({ kind: 'harvest', harvest: await worker.settle(message.last) });
    default:
      message satisfies never;
  }
}

const owner = toOwner((message) => void obey(message));
