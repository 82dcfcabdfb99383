import { join } from 'node:path';
import { cpus } from 'node:os';
import {
  baselineOf,
  compareWith,
  Evidence,
  ratioOf,
  readBaseline,
  scaled,
  writeBaseline,
  type Baseline,
  type Measurement,
  type Round,
} from '@longspan/testkit';
import { test } from 'vitest';
import { Bench, STEADY_LATENCY, USERS } from './bench.ts';
import { Yardsticks } from './yardsticks.ts';

const BASELINE = join(import.meta.dirname, 'baseline.json');
const rounds = scaled({ short: 2, quick: 3, full: 12, long: 120 });
/** The same at every scale: what the first of them cost is spread over all. */
const idleSessions = 2_000;

test('throughput, latency, resuming and memory are no worse than the baseline, and nothing is lost', async () => {
  // Goal: a change that makes the bridge much slower or heavier is found on any machine.
  // Method: rounds that alternate between what the machine does without us and what the bridge does; medians of their
  // ratios are compared with the baseline. What looks like a regression is measured once more.
  await using evidence = new Evidence(
    'performance',
    'throughput, latency, resuming and memory beside the bare machine',
  );
  await using bench = await Bench.start(evidence);
  await using yardsticks = await Yardsticks.start(bench.nats.urls);
  const idleSessionKiB = await bench.idleSessionKiB(idleSessions);
  const measure = () => measureAll(bench, yardsticks, idleSessionKiB);

  const measured = await measure();
  tellFigures(evidence, measured);
  evidence.audited('Events lost, repeated or out of order while measuring', await bench.audit());

  if (process.env['LONGSPAN_BASELINE'] === 'write') {
    await writeBaseline(BASELINE, baselineOf(machine(), measured, figuresOf(evidence)));
  }
  const baseline = await readBaseline(BASELINE);
  let comparisons = compareWith(baseline, measured);
  if (!comparisons.every(({ holds }) => holds)) {
    evidence.mark('measured again');
    const again = compareWith(baseline, await measure());
    comparisons = comparisons.map((first) =>
      first.holds ? first : (again.find(({ name }) => name === first.name) ?? first),
    );
  }
  evidence.fact('baseline', baseline);
  evidence.fact('measured', measured);
  // A promise that does not hold ends the test: the others are told before.
  const inOrder = comparisons.toSorted((a, b) => Number(b.holds) - Number(a.holds));
  for (const { name, requirement, achieved, holds } of inOrder) {
    evidence.promise({ metric: `${name}, beside the baseline`, requirement, achieved, holds });
  }
});

/** By their names in the baseline. */
const METRICS = {
  burst: {
    name: 'End-to-end throughput',
    unit: 'events/s',
    beside: 'a bare relay',
    better: 'more',
  },
  single: {
    name: 'Publish to callback, p50',
    unit: 'ms',
    beside: 'a bare relay',
    better: 'less',
  },
  connect: { name: 'Connect to caught up, p50', unit: 'ms', beside: 'a bare WebSocket echo', better: 'less' },
  resume: { name: 'Cut to live again, p50', unit: 'ms', beside: 'a bare WebSocket echo', better: 'less' },
  catchUp: {
    name: 'Back to all missed events, p50',
    unit: 'ms',
    beside: 'a bare WebSocket echo',
    better: 'less',
  },
  memory: { name: 'Memory of an idle session', unit: 'KiB', beside: '1 KiB', better: 'less' },
} as const satisfies Record<string, Omit<Measurement, 'rounds'>>;

async function measureAll(
  bench: Bench,
  yardsticks: Yardsticks,
  idleSessionKiB: number,
): Promise<readonly Measurement[]> {
  const taken: Record<keyof typeof METRICS, Round[]> = {
    burst: [],
    single: [],
    connect: [],
    resume: [],
    catchUp: [],
    memory: [{ value: idleSessionKiB, calibration: 1 }],
  };
  for (let i = 0; i < rounds; i += 1) {
    const echoMs = await yardsticks.webSocketMs();
    const audience = await bench.audience();
    taken.connect.push({ value: audience.connectMs, calibration: echoMs });
    const relayMs = await yardsticks.deliveryMs();
    taken.single.push({ value: await bench.oneByOne(audience), calibration: relayMs });
    await bench.steady(audience);
    const relayRate = await yardsticks.eventsPerSecond();
    taken.burst.push({ value: await bench.burst(audience), calibration: relayRate });
    taken.resume.push({ value: await bench.resume(audience), calibration: echoMs });
    taken.catchUp.push({ value: await bench.catchUp(audience), calibration: echoMs });
    await bench.dismiss(audience);
  }
  return Object.entries(METRICS).map(([key, metric]) => ({
    ...metric,
    rounds: taken[key as keyof typeof METRICS],
  }));
}

/** What alerts compare an installation with (deploy/prometheus/write-baseline.ts). */
function figuresOf(evidence: Evidence): Baseline['figures'] {
  const delivered = evidence.latency(STEADY_LATENCY);
  return { 'Publish to callback at 1,000 events/s, p99': { unit: 'ms', value: delivered.percentileMs(99) } };
}

/** The figures that the field's reports name, as they are on this machine. */
function tellFigures(evidence: Evidence, measured: readonly Measurement[]): void {
  const { value: rate } = ratioOf(metric(measured, 'burst'));
  const delivered = evidence.latency(STEADY_LATENCY);
  const reconnect = evidence.latency('connection cut to live again');
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  evidence.figure({
    metric: `Throughput, ${USERS} users, publish to callback`,
    requirement: '> 7,222 events/s (the field: in memory; here: committed to disk)',
    achieved: `${Math.round(rate).toLocaleString('en')} events/s`,
    holds: rate > 7_222,
  });
  evidence.figure({
    metric: `Publish to callback, ${USERS} users at 1,000 events/s`,
    requirement: 'p99 < 22 ms',
    achieved: `p50 ${ms(delivered.percentileMs(50))}, p99 ${ms(delivered.percentileMs(99))} of ${delivered.count.toLocaleString('en')}`,
    holds: delivered.percentileMs(99) < 22,
  });
  evidence.figure({
    metric: 'Connection cut to live again',
    requirement: 'p99 < 100 ms',
    achieved: `p50 ${ms(reconnect.percentileMs(50))}, p99 ${ms(reconnect.percentileMs(99))} of ${reconnect.count}`,
    holds: reconnect.percentileMs(99) < 100,
  });
  const { value: kib } = ratioOf(metric(measured, 'memory'));
  evidence.figure({
    metric: `Memory of an edge for each of ${idleSessions.toLocaleString('en')} idle sessions`,
    requirement: '< 64 KiB',
    achieved: `${kib.toFixed(1)} KiB`,
    holds: kib < 64,
  });
}

function metric(measured: readonly Measurement[], key: keyof typeof METRICS): Measurement {
  const found = measured.find(({ name }) => name === METRICS[key].name);
  if (found === undefined) throw new RangeError(`${key} was not measured`);
  return found;
}

function machine(): string {
  return `${cpus().length} cores, ${cpus()[0]?.model.trim()}, Node ${process.version}`;
}
