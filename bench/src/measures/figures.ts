import { LatencyRecorder } from '@longspan/testkit';
import type { PublishReport } from '../load/publisher-calls.ts';
import type { Figure } from '../results/result.ts';
import type { Usage } from '../sampling/process-usage.ts';

/** Above this part of a core, what is measured may be the generator. */
const BUSY_SHARE = 0.9;
/** Later than this, at the 99th percentile, the generator did not offer the load as it was due. */
const LATE_MS = 5;
/** Above this, somebody else's programs have a part in the figures. */
const OTHERS_CORES = 0.3;

export function rate(name: string, value: number, unit: string): Figure {
  return { name, value, unit, better: 'more' };
}

export function cost(name: string, value: number, unit: string): Figure {
  return { name, value, unit, better: 'less' };
}

/** The percentiles that the table tells, in milliseconds. */
export function percentiles(recorder: LatencyRecorder): readonly Figure[] {
  if (recorder.count === 0) throw new Error('not one event was measured');
  const { p50, p99, p999 } = recorder.distribution('', 0);
  return [cost('p50', p50, 'ms'), cost('p99', p99, 'ms'), cost('p99.9', p999, 'ms')];
}

/** Events for each CPU second of the edges; nothing where the system does not tell CPU time. */
export function perCpuSecond(events: number, { processes }: Usage): readonly Figure[] {
  const seconds = processes
    .filter(({ role }) => role === 'edge')
    .reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
  return seconds > 0 ? [rate('events per CPU second', events / seconds, 'events/CPU s')] : [];
}

/** What makes figures doubtful. */
export function doubts(report: PublishReport, { processes, otherCores }: Usage): readonly string[] {
  const lag = new LatencyRecorder();
  lag.add(report.lag);
  const lateMs = lag.percentileMs(99);
  return [
    ...(report.failed > 0
      ? [`${report.failed} of ${report.published} publishes failed: ${report.firstFailure}`]
      : []),
    ...(lateMs > LATE_MS ? [`the generator was ${lateMs.toFixed(1)} ms late at p99`] : []),
    ...(otherCores > OTHERS_CORES ? [`other programs used ${otherCores.toFixed(1)} cores meanwhile`] : []),
    ...processes
      .filter(({ role, cpuShare }) => role === 'load' && cpuShare > BUSY_SHARE)
      .map(({ name, cpuShare }) => `the generator's ${name} used ${Math.round(cpuShare * 100)} % of a core`),
  ];
}
