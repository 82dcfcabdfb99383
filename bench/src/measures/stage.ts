import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LatencyRecorder } from '@longspan/testkit';
import type { AudienceReport, DevicePlan } from '../load/audience.ts';
import { now } from '../load/clock.ts';
import { userName } from '../load/event.ts';
import type { Addressees, PublisherCalls, PublishReport, SaturationReport } from '../load/publisher-calls.ts';
import type { ReaderCalls } from '../load/reader-calls.ts';
import { LoadProcess } from '../load/rpc.ts';
import { watchUsage, type SampledProcess, type Usage } from '../sampling/process-usage.ts';
import type { RunningSystem, System } from '../systems/system.ts';

export interface StageOptions {
  readonly edges: number;
  readonly shards: number;
  /** Users with devices. */
  readonly users: number;
  readonly devicesPerUser: number;
  /** Users without, and the part of the events that is for them. */
  readonly idleUsers: number;
  readonly idleShare: number;
  /** Of an event's data. */
  readonly dataBytes: number;
  /** Processes that the devices are spread over. */
  readonly readers: number;
  readonly from: 'latest' | 'earliest';
  /** The edges that devices connect to at first: all, or the first of them. */
  readonly startAt: 'spread' | 'first';
}

/** The work that all rows share: 200 users, one device each, 256 bytes. */
export const USUAL: StageOptions = {
  edges: 1,
  shards: 1,
  users: 200,
  devicesPerUser: 1,
  idleUsers: 0,
  idleShare: 0,
  dataBytes: 256,
  readers: 1,
  from: 'latest',
  startAt: 'spread',
};

/** What was asked for is more than the system allows. */
export class RefusedError extends Error {}

export interface Surroundings {
  readonly system: System;
  readonly seed: number;
  /** Where systems may store what they store. */
  readonly storeFolder: string;
  /** Where edges leave their CPU profiles; without it they make none. */
  readonly profileFolder: string | undefined;
}

/** The time of a measurement: from `fromMs` to `toMs` of the clock, after a warm-up that begins at `startMs`. */
export interface Timing {
  readonly warmMs: number;
  readonly lengthMs: number;
}

const CONNECT_AT_ONCE = 50;
/** Time for the commands to reach the processes before the load begins. */
const LEAD_MS = 200;
const DRAINED_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 50;
const LONGER_THAN_ANY_MS = 24 * 3_600_000;

/** A running system, and the processes that load it: one that publishes, and those with the devices. */
export class Stage implements AsyncDisposable {
  readonly options: StageOptions;
  readonly running: RunningSystem;
  readonly publisher: LoadProcess<PublisherCalls>;
  readonly readers: readonly LoadProcess<ReaderCalls>[];
  readonly #system: System;
  readonly #owned: AsyncDisposableStack;
  #attended = 0;

  private constructor(
    system: System,
    options: StageOptions,
    running: RunningSystem,
    load: Pick<Stage, 'publisher' | 'readers'>,
    owned: AsyncDisposableStack,
  ) {
    this.#system = system;
    this.options = options;
    this.running = running;
    this.publisher = load.publisher;
    this.readers = load.readers;
    this.#owned = owned;
  }

  /** Starts the system, then the publisher. No device is connected yet. Rejects with a `RefusedError` for more users than it allows. */
  static async start(surroundings: Surroundings, options: StageOptions): Promise<Stage> {
    const { system, seed, storeFolder, profileFolder } = surroundings;
    if (system.usersMax !== undefined && options.users > system.usersMax) {
      throw new RefusedError(
        `${system.title} refuses more than ${system.usersMax} users, and this is for ${options.users}`,
      );
    }
    await using cleanup = new AsyncDisposableStack();
    const folder = await mkdtemp(join(storeFolder, `${system.name}-`));
    cleanup.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
    const { edges, shards, users, idleUsers, idleShare, dataBytes } = options;
    const running = cleanup.use(await system.start({ edges, shards, folder, profileFolder }));
    if (profileFolder !== undefined) {
      // A profile is written by a process that ends in order, and only then.
      cleanup.defer(async () => void (await Promise.all(running.edges.map((edge) => edge.stop()))));
    }
    const publisher = cleanup.use(
      new LoadProcess<PublisherCalls>('publisher', new URL('../load/publisher-process.ts', import.meta.url)),
    );
    const readers = Array.from({ length: system.hasReaders ? options.readers : 0 }, (_, i) =>
      cleanup.use(
        new LoadProcess<ReaderCalls>(`readers-${i}`, new URL('../load/reader-process.ts', import.meta.url)),
      ),
    );
    const addressees: Addressees = {
      attended: users,
      idle: idleUsers,
      idleShare,
      devices: system.hasReaders ? options.devicesPerUser : 0,
    };
    const { access } = running;
    const countsPort = await publisher.call('open', {
      system: system.name,
      access,
      addressees,
      dataBytes,
      seed,
    });
    await Promise.all(readers.map((reader) => reader.call('tell', countsPort)));
    return new Stage(system, options, running, { publisher, readers }, cleanup.move());
  }

  /**
   * Connects the devices of the users with these numbers, by default of all; resolves, when all are live, to how long each took.
   * @param atOnce how many connect at the same time in each process
   */
  async connect(from = 0, to = this.options.users, atOnce = CONNECT_AT_ONCE): Promise<LatencyRecorder> {
    const { edges, devicesPerUser, startAt, from: begin } = this.options;
    const plans = Array.from({ length: (to - from) * devicesPerUser }, (_, i): DevicePlan => ({
      user: userName(from + Math.floor(i / devicesPerUser)),
      startAt: startAt === 'first' ? 0 : i % edges,
      from: begin,
    }));
    const all = new LatencyRecorder();
    const { access } = this.running;
    await Promise.all(
      this.readers.map(async (reader, r) => {
        const devices = plans.filter((_, i) => i % this.readers.length === r);
        all.add(await reader.call('connect', { system: this.#system.name, access, devices, atOnce }));
      }),
    );
    return all;
  }

  /** Publishes as fast as events arrive. */
  async saturate(
    window: number,
    timing: Timing,
  ): Promise<{ readonly report: SaturationReport; readonly usage: Usage }> {
    const startMs = now() + LEAD_MS;
    return this.#measured(startMs, timing, this.publisher.call('saturate', { window, startMs, ...timing }));
  }

  /** Publishes at a rate that the system has no influence on. */
  async openLoop(
    ratePerSecond: number,
    timing: Timing,
  ): Promise<{ readonly report: PublishReport; readonly usage: Usage }> {
    const startMs = now() + LEAD_MS;
    const load = { ratePerSecond, startMs, ...timing };
    return this.#measured(startMs, timing, this.publisher.call('openLoop', load));
  }

  /** Publishes at this rate in the background, until the result is called: it resolves when everything is answered. */
  steadily(ratePerSecond: number): () => Promise<PublishReport> {
    const load = { ratePerSecond, startMs: now(), warmMs: 0, lengthMs: LONGER_THAN_ANY_MS };
    const loading = this.publisher.call('openLoop', load);
    // Whoever ends it hears of a failure.
    loading.catch(() => undefined);
    return async () => {
      await this.publisher.call('halt', undefined);
      const report = await loading;
      this.#attended += report.attended;
      return report;
    };
  }

  /** Publishes so many events for each user. */
  async toEach(count: number, window: number): Promise<PublishReport> {
    const report = await this.publisher.call('toEach', { count, window });
    this.#attended += report.attended;
    return report;
  }

  /** Waits until everything has arrived, or nothing does any more, and adds up what the readers have seen. */
  async collect(): Promise<Collected> {
    const expected = this.readers.length === 0 ? 0 : this.#attended * this.options.devicesPerUser;
    const untilMs = now() + DRAINED_WITHIN_MS;
    let reports = await this.#reports();
    while (total(reports, ({ seen }) => seen) < expected && now() < untilMs) {
      await sleep(LOOK_EVERY_MS);
      reports = await this.#reports();
    }
    const latency = new LatencyRecorder();
    for (const report of reports) latency.add(report.latency);
    return {
      latency,
      lost: expected - total(reports, ({ seen }) => seen),
      repeats: total(reports, ({ repeats }) => repeats),
      disconnects: total(reports, ({ disconnects }) => disconnects),
    };
  }

  /** Expects no device to have had so many of the events: they were published before any was there. */
  forget(events: number): void {
    this.#attended -= events;
  }

  /** All processes that work now: servers, and those of the load generator. */
  get processes(): readonly SampledProcess[] {
    const servers = (role: 'edge' | 'broker') =>
      this.running[`${role}s`].map(({ name, pid = -1 }) => ({ name, role, pid }));
    const load = [this.publisher, ...this.readers].map(
      ({ name, pid }) => ({ name, role: 'load', pid }) as const,
    );
    return [...servers('edge'), ...servers('broker'), ...load];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }

  #reports(): Promise<readonly AudienceReport[]> {
    return Promise.all(this.readers.map((reader) => reader.call('report', undefined)));
  }

  /** Samples the processes, and lets the readers measure, within the measured part of the load. */
  async #measured<T extends PublishReport>(startMs: number, timing: Timing, load: Promise<T>) {
    const [fromMs, toMs] = [startMs + timing.warmMs, startMs + timing.warmMs + timing.lengthMs];
    await Promise.all(this.readers.map((reader) => reader.call('measure', { fromMs, toMs })));
    // A load that fails early must not be waited for.
    const sampled = async () => {
      await sleep(Math.max(0, fromMs - now()));
      const used = await watchUsage(this.processes);
      await sleep(Math.max(0, toMs - now()));
      return used();
    };
    const [report, usage] = await Promise.all([load, sampled()]);
    this.#attended += report.attended;
    return { report, usage };
  }
}

export interface Collected {
  /** From due to callback, of the events that were due within the measured time. */
  readonly latency: LatencyRecorder;
  readonly lost: number;
  readonly repeats: number;
  readonly disconnects: number;
}

function total<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}
