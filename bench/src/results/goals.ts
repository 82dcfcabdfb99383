import type { SystemName } from '../systems/system-names.ts';
import type { BenchResult } from './result.ts';
import { ratioOf, seriesOf, summaryOf, type Series, type Summary } from './statistics.ts';

/** A bound for the median: of the figure itself or, with `beside`, of its ratio to another one of the same run. */
export interface Goal {
  readonly beside?: { readonly system: SystemName; readonly measure?: string };
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** A line of the table of what must be reached. */
export interface GoalRow {
  readonly title: string;
  readonly measure: string;
  readonly system: SystemName;
  readonly figure: string;
  readonly must: Goal;
  readonly aims: readonly Goal[];
}

const toSocketIo = { system: 'socket-io' } as const;
const toWs = { system: 'raw-ws' } as const;
const toJetStream = { system: 'raw-jetstream-r1' } as const;
const toFewUsers = { system: 'longspan-r1', measure: 'many-users-1000' } as const;
/** What counts as flat. */
const FLAT = 1.1;
const WITHIN = 1.5;

const latencyRow = (ratePerSecond: number, replicas: 1 | 3): GoalRow => ({
  title: `P99 at ${ratePerSecond.toLocaleString('en')} events/s, R${replicas}`,
  measure: `latency-${ratePerSecond}`,
  system: `longspan-r${replicas}`,
  figure: 'p99',
  must: { beside: toSocketIo, atMost: replicas === 1 ? 1.2 : 2 },
  aims: [{ beside: toSocketIo, atMost: 1 }],
});

/** What Longspan has to reach on two cores, with everything on the same machine. */
export const GOALS: readonly GoalRow[] = [
  {
    title: 'Throughput, R1',
    measure: 'throughput',
    system: 'longspan-r1',
    figure: 'rate',
    must: { beside: toSocketIo, atLeast: 1.5 },
    aims: [{ atLeast: 60_000 }, { beside: toJetStream, atLeast: 0.5 }],
  },
  {
    title: 'Throughput, R3',
    measure: 'throughput',
    system: 'longspan-r3',
    figure: 'rate',
    must: { beside: toSocketIo, atLeast: 1 },
    aims: [{ atLeast: 35_000 }],
  },
  {
    title: 'Tracing on, nothing sampled: throughput',
    measure: 'throughput',
    system: 'longspan-r1-unsampled',
    figure: 'rate',
    must: { beside: { system: 'longspan-r1' }, atLeast: 0.97 },
    aims: [],
  },
  {
    title: 'Every event traced, 5,000 events/s: P99',
    measure: 'latency-5000',
    system: 'longspan-r1-traced',
    figure: 'p99',
    must: { atMost: 100 },
    aims: [],
  },
  {
    title: 'One user, one publisher, R3',
    measure: 'single-user',
    system: 'longspan-r3',
    figure: 'rate',
    must: { atLeast: 10_000 },
    aims: [{ atLeast: 38_245 }],
  },
  latencyRow(1_000, 1),
  latencyRow(1_000, 3),
  latencyRow(5_000, 1),
  latencyRow(5_000, 3),
  {
    title: 'Connect to caught up, P50',
    measure: 'connect',
    system: 'longspan-r1',
    figure: 'p50',
    must: { atMost: 5 },
    aims: [{ atMost: 2 }],
  },
  {
    title: 'Connect to caught up, P99',
    measure: 'connect',
    system: 'longspan-r1',
    figure: 'p99',
    must: { atMost: 20 },
    aims: [{ atMost: 8 }],
  },
  {
    title: 'Edge killed to the next event, P99',
    measure: 'resume-one',
    system: 'longspan-r1',
    figure: 'p99',
    must: { atMost: 50 },
    aims: [{ atMost: 20 }],
  },
  {
    title: '5,000 clients back, nothing missed',
    measure: 'resume-many-0',
    system: 'longspan-r1',
    figure: 'all back',
    must: { atMost: 3 },
    aims: [{ atMost: 1 }],
  },
  {
    title: '5,000 clients back, 2 events missed each',
    measure: 'resume-many-2',
    system: 'longspan-r1',
    figure: 'all back',
    must: { atMost: 5 },
    aims: [{ atMost: 1.5 }],
  },
  {
    title: 'Memory of an idle session',
    measure: 'idle-memory',
    system: 'longspan-r1',
    figure: 'memory per session',
    must: { beside: toWs, atMost: 1.5 },
    aims: [{ beside: toWs, atMost: 1.2 }],
  },
  {
    title: 'Events per CPU second, edge only',
    measure: 'edge-cpu',
    system: 'longspan-r1',
    figure: 'events per CPU second',
    must: { beside: toWs, atLeast: 0.5 },
    aims: [{ beside: toWs, atLeast: 0.7 }],
  },
  {
    title: '20,000 sessions: events lost',
    measure: 'many-sessions',
    system: 'longspan-r1',
    figure: 'lost',
    must: { atMost: 0 },
    aims: [],
  },
  {
    title: '20,000 sessions: P99',
    measure: 'many-sessions',
    system: 'longspan-r1',
    figure: 'p99',
    must: { atMost: 50 },
    aims: [{ atMost: 15 }],
  },
  {
    title: '1,000 to 100,000 users: throughput',
    measure: 'many-users-100000',
    system: 'longspan-r1',
    figure: 'rate',
    must: { beside: toFewUsers, atLeast: 1 / WITHIN },
    aims: [{ beside: toFewUsers, atLeast: 1 / FLAT }],
  },
  {
    title: '1,000 to 100,000 users: P99',
    measure: 'many-users-100000',
    system: 'longspan-r1',
    figure: 'p99',
    must: { beside: toFewUsers, atMost: WITHIN },
    aims: [{ beside: toFewUsers, atMost: FLAT }],
  },
  {
    title: 'Soak, 10 M events: memory at the end to the beginning',
    measure: 'soak',
    system: 'longspan-r1',
    figure: 'memory growth',
    must: { atMost: FLAT },
    aims: [],
  },
];

export type Verdict = 'aim met' | 'met' | 'missed' | 'not measured';

export interface Judged {
  readonly row: GoalRow;
  readonly unit: string;
  /** Of the figure itself; undefined where it was not measured. */
  readonly measured: Summary | undefined;
  /** What each goal looks at: the must first, then the aims. */
  readonly achieved: readonly (Summary | undefined)[];
  readonly verdict: Verdict;
}

/** Judges a run. A row that needs what the run did not measure is not judged. */
export function judge({ trials }: BenchResult, rows: readonly GoalRow[] = GOALS): readonly Judged[] {
  const all = seriesOf(trials);
  return rows.map((row) => {
    const own = find(all, row.measure, row.system, row.figure);
    const goals = [row.must, ...row.aims];
    const achieved = goals.map((goal) => own && achievedOf(goal, own, all, row));
    return {
      row,
      unit: own?.unit ?? '',
      measured: own && summaryOf([...own.values.values()]),
      achieved,
      verdict: verdictOf(goals, achieved),
    };
  });
}

function achievedOf(
  { beside }: Goal,
  own: Series,
  all: readonly Series[],
  { measure, figure }: GoalRow,
): Summary | undefined {
  if (beside === undefined) return summaryOf([...own.values.values()]);
  const other = find(all, beside.measure ?? measure, beside.system, figure);
  return other && ratioOf(own, other);
}

function verdictOf(goals: readonly Goal[], achieved: readonly (Summary | undefined)[]): Verdict {
  const [must, ...aims] = goals.map((goal, i) => holds(goal, achieved[i]));
  if (must === undefined) return 'not measured';
  if (!must) return 'missed';
  return aims.length > 0 && aims.every((aim) => aim === true) ? 'aim met' : 'met';
}

function holds({ atLeast, atMost }: Goal, achieved: Summary | undefined): boolean | undefined {
  if (achieved === undefined) return undefined;
  return (
    (atLeast === undefined || achieved.median >= atLeast) &&
    (atMost === undefined || achieved.median <= atMost)
  );
}

function find(
  all: readonly Series[],
  measure: string,
  system: SystemName,
  figure: string,
): Series | undefined {
  return all.find(
    (one) => one.measure === measure && one.system === system && one.figure === figure && one.x === undefined,
  );
}
