import { audit, type Audit } from '../audit/audit.ts';
import type { ClientLog, Committed, Published, SentCommand } from '../audit/logs.ts';
import { dumpCommands, dumpStreams } from '../audit/stream-dump.ts';
import { streamFacts } from '../audit/stream-facts.ts';
import type { Bridge } from '../bridge/bridge.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { NatsCluster } from '../nats/nats-cluster.ts';
import { Signal } from '../signal.ts';
import type { Overdue } from '../threads/watchdog.ts';
import type { FromWorker, Harvest, LastOf, Progress, Surroundings, ToWorker } from './crowd-messages.ts';
import { planCrowd, type CrowdShape } from './crowd-plan.ts';
import { unpackClient, unpackPublished } from './log-parcel.ts';
import { startWorker, type WorkerKind, type WorkerLink } from './worker-link.ts';

/** Starting fifty threads takes a while on a small machine. */
const LIVE_WITHIN_MS = 120_000;
/** Publishes may have to be repeated through an election; then each device may wait for its last event. */
const STOPPED_WITHIN_MS = 90_000;
const HARVESTED_WITHIN_MS = 180_000;

export interface CrowdOptions extends CrowdShape {
  readonly nats: NatsCluster;
  readonly bridge: Bridge;
  /** What the workers are; default threads. */
  readonly kind?: WorkerKind;
}

/** What a crowd leaves behind. */
export interface CrowdResult {
  readonly audit: Audit;
  /** Each may be read any number of times. */
  readonly published: Iterable<Published>;
  readonly committed: readonly Committed[];
  readonly clients: readonly ClientLog[];
  readonly commands: readonly SentCommand[];
  /** Connections that devices gave up on purpose. */
  readonly goings: number;
  /** Promises that had to settle: how many, the longest time that one took, and those that were late. */
  readonly promises: {
    readonly watched: number;
    readonly longestMs: number;
    readonly overdue: readonly Overdue[];
  };
  /** The longest delay of any worker's event loop, in milliseconds. */
  readonly loopDelayMaxMs: number;
}

interface Part {
  readonly link: WorkerLink;
  live: boolean;
  progress: Progress;
  last: LastOf | undefined;
  harvest: Harvest | undefined;
}

/**
 * Many users with many devices, and publishers that publish for them, in worker threads or processes; devices come and
 * go by schedules that the seed decides. What each publisher was answered, what each application's callback was
 * given and how long it took is collected and judged at the end.
 */
export class Crowd implements AsyncDisposable {
  readonly #options: CrowdOptions;
  readonly #parts: Part[] = [];
  readonly #owned = new AsyncDisposableStack();
  readonly #changed = new Signal();
  #failure: Error | undefined;

  /** Resolves when all devices have caught up and the publishers have begun. */
  static async start(options: CrowdOptions): Promise<Crowd> {
    await using cleanup = new AsyncDisposableStack();
    const crowd = cleanup.use(new Crowd(options));
    await crowd.#begin();
    cleanup.move();
    return crowd;
  }

  private constructor(options: CrowdOptions) {
    this.#options = options;
  }

  /** What has happened so far, all workers together, as of some moments ago. */
  get progress(): Progress {
    const sum = (of: (progress: Progress) => number) =>
      this.#parts.reduce((total, { progress }) => total + of(progress), 0);
    return {
      acknowledged: sum(({ acknowledged }) => acknowledged),
      delivered: sum(({ delivered }) => delivered),
      goings: sum(({ goings }) => goings),
    };
  }

  /** Resolves when `count` more events than now have been acknowledged: the system works. */
  async flows(count: number, timeoutMs = 60_000): Promise<void> {
    const goal = this.progress.acknowledged + count;
    await this.#until(
      `${count} more publishes acknowledged`,
      () => this.progress.acknowledged >= goal,
      timeoutMs,
    );
  }

  /**
   * Ends the publishing, brings every device back, waits until each has seen its user's last events, and judges
   * everything by the publishers' logs and the stream. Distributions and counts go into the evidence.
   */
  async finish(evidence?: Evidence): Promise<CrowdResult> {
    this.#tell({ kind: 'stop' });
    await this.#untilAll('have stopped', ({ last }) => last !== undefined, STOPPED_WITHIN_MS);
    this.#tell({ kind: 'settle', last: merge(this.#parts.flatMap(({ last }) => last ?? [])) });
    await this.#untilAll('have settled', ({ harvest }) => harvest !== undefined, HARVESTED_WITHIN_MS);
    const harvests = this.#parts.flatMap(({ harvest }) => harvest ?? []);
    const result = await this.#judge(harvests);
    if (evidence) this.#report(evidence, harvests, result);
    return result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }

  async #begin(): Promise<void> {
    const { bridge, nats, kind = 'threads', padChars, comings, commandRate = 0 } = this.#options;
    const surroundings: Surroundings = {
      edges: bridge.edges.map(({ url, endpoint }) => ({ url, endpoint })),
      ingress: { url: bridge.ingress.url, token: bridge.publishToken },
      natsUrls: nats.urls,
      padChars,
      comings,
      commandRate,
    };
    for (const plan of planCrowd(this.#options)) {
      const link = startWorker(kind, new URL('crowd-worker.ts', import.meta.url), {
        message: (message) => this.#take(part, message),
        failed: (error) => {
          this.#failure ??= error;
          this.#changed.notify();
        },
      });
      const progress = { acknowledged: 0, delivered: 0, goings: 0 };
      const part: Part = { link, live: false, progress, last: undefined, harvest: undefined };
      this.#owned.use(link);
      this.#parts.push(part);
      link.send({ kind: 'begin', plan, surroundings });
    }
    await this.#untilAll('are live', ({ live }) => live, LIVE_WITHIN_MS);
    this.#tell({ kind: 'go' });
    await this.flows(1);
  }

  #take(part: Part, message: FromWorker): void {
    switch (message.kind) {
      case 'live':
        part.live = true;
        break;
      case 'progress':
        part.progress = message.progress;
        break;
      case 'stopped':
        part.last = message.last;
        break;
      case 'harvest':
        part.harvest = message.harvest;
        break;
      default:
        message satisfies never;
    }
    this.#changed.notify();
  }

  #tell(message: ToWorker): void {
    for (const { link } of this.#parts) link.send(message);
  }

  async #untilAll(what: string, condition: (part: Part) => boolean, timeoutMs: number): Promise<void> {
    await this.#until(`all workers ${what}`, () => this.#parts.every(condition), timeoutMs);
  }

  async #until(what: string, condition: () => boolean, timeoutMs: number): Promise<void> {
    await this.#changed.until(what, () => this.#failure !== undefined || condition(), timeoutMs);
    if (this.#failure) throw this.#failure;
  }

  async #judge(harvests: readonly Harvest[]): Promise<CrowdResult> {
    const published = unpackPublished(harvests.flatMap((harvest) => harvest.published));
    const clients = harvests.flatMap((harvest) => harvest.clients.map(unpackClient));
    const users = new Set(clients.map(({ user }) => user));
    const { nats, commandRate = 0 } = this.#options;
    const committed = (await dumpStreams(nats.urls)).filter(({ user }) => users.has(user));
    const sent = harvests.flatMap(({ commands }) => commands);
    const effects =
      commandRate === 0 ? [] : (await dumpCommands(nats.urls)).filter(({ user }) => users.has(user));
    const streams = await streamFacts(nats.urls);
    return {
      audit: audit({ published, committed, clients, streams, commands: { sent, effects } }),
      published,
      committed,
      clients,
      commands: sent,
      goings: harvests.reduce((sum, { progress }) => sum + progress.goings, 0),
      promises: {
        watched: harvests.reduce((sum, { watched }) => sum + watched, 0),
        longestMs: Math.max(...harvests.map(({ longestMs }) => longestMs)),
        overdue: harvests.flatMap(({ overdue }) => overdue),
      },
      loopDelayMaxMs: Math.max(...harvests.map(({ loopDelay }) => loopDelay.maxMs)),
    };
  }

  #report(evidence: Evidence, harvests: readonly Harvest[], result: CrowdResult): void {
    const { nats, bridge, ...shape } = this.#options;
    for (const { latency, reconnect } of harvests) {
      evidence.latency('publish to callback').add(latency);
      evidence.latency('lost to live again').add(reconnect);
    }
    const { goings, promises, loopDelayMaxMs } = result;
    evidence.fact(`crowd ${shape.name}`, {
      ...shape,
      nodes: nats.size,
      edges: bridge.edges.length,
      clients: result.clients.length,
      commands: result.commands.length,
      goings,
      promises,
      loopDelayMaxMs,
    });
  }
}

function merge(all: LastOf): LastOf {
  const merged = new Map<string, readonly string[]>();
  for (const [user, ids] of all) merged.set(user, [...(merged.get(user) ?? []), ...ids]);
  return [...merged];
}
