import type { Observer, RoundOutcome } from '@longspan/delivery';
import { formatPosition, type GapReason, type Position, type ToldGap } from '@longspan/protocol';
import type { Counter, Histogram, Meter } from '@opentelemetry/api';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** So many gaps are shown to operators. */
const GAPS_SHOWN = 20;

/** How the edge makes sure that nothing is missing, and what was. */
export class HubMetrics implements Observer {
  readonly #rounds: Counter;
  readonly #duration: Histogram;
  readonly #users: Counter;
  readonly #found: Counter;
  readonly #stale: Counter;
  readonly #breaks: Counter;
  readonly #reads: Counter;
  readonly #gaps: Counter;
  #latestGaps: readonly ToldGap[] = [];

  constructor(meter: Meter) {
    this.#rounds = meter.createCounter('longspan.edge.sync.rounds', { description: 'Sync rounds.' });
    this.#duration = meter.createHistogram('longspan.edge.sync.duration', {
      description: 'How long a sync round took.',
      unit: 's',
      advice: { explicitBucketBoundaries: SECONDS },
    });
    this.#users = meter.createCounter('longspan.edge.sync.users', {
      description: 'Users that the sync rounds looked after.',
      unit: '{user}',
    });
    this.#found = meter.createCounter('longspan.edge.sync.found', {
      description: 'Users whose last event had not arrived live.',
      unit: '{user}',
    });
    this.#stale = meter.createCounter('longspan.edge.stale.reads', {
      description: 'Answers of replicas that were behind, asked again.',
    });
    this.#breaks = meter.createCounter('longspan.edge.chain.breaks', {
      description: 'Live events whose predecessor had not arrived.',
      unit: '{event}',
    });
    this.#reads = meter.createCounter('longspan.edge.reads', { description: 'Reads of the log.' });
    this.#gaps = meter.createCounter('longspan.edge.gaps', { description: 'Gaps told.' });
    for (const outcome of ['confirmed', 'failed']) this.#rounds.add(0, { outcome });
    for (const how of ['page', 'range']) this.#reads.add(0, { how });
    for (const reason of ['expired', 'rewound', 'reset']) this.#gaps.add(0, { reason });
    for (const counter of [this.#users, this.#found, this.#stale, this.#breaks]) counter.add(0);
  }

  /** The newest first. */
  get latestGaps(): readonly ToldGap[] {
    return this.#latestGaps;
  }

  roundBegan(users: number): (outcome: RoundOutcome) => void {
    const startedMs = performance.now();
    this.#users.add(users);
    return (outcome) => {
      this.#rounds.add(1, { outcome });
      this.#duration.record((performance.now() - startedMs) / 1_000);
    };
  }

  tailFound(): void {
    this.#found.add(1);
  }

  staleRead(): void {
    this.#stale.add(1);
  }

  chainBroke(): void {
    this.#breaks.add(1);
  }

  read(how: 'page' | 'range'): void {
    this.#reads.add(1, { how });
  }

  gapTold(session: string, from: Position, to: Position, reason: GapReason): void {
    this.#gaps.add(1, { reason });
    const positions = { from: formatPosition(from), to: formatPosition(to) };
    const gap: ToldGap = { atMs: Date.now(), session, reason, ...positions };
    this.#latestGaps = [gap, ...this.#latestGaps.slice(0, GAPS_SHOWN - 1)];
  }
}
