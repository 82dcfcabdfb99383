import { doubts, percentiles } from './figures.ts';
import type { Attempt, Measure, Measured } from './measure.ts';
import type { SystemName } from '../systems/system-names.ts';
import type { StageOptions } from './stage.ts';

/** From when an event was due to be published to the application's callback, at this rate. */
export function latencyAt(ratePerSecond: number, others: readonly SystemName[] = []): Measure {
  return {
    name: `latency-${ratePerSecond}`,
    title: `Publish to callback at ${ratePerSecond.toLocaleString('en')} events/s, 200 users`,
    when: 'quick',
    systems: [
      'longspan-r1',
      'longspan-r3',
      'socket-io',
      'socket-io-by-hand',
      'sse-redis',
      'nats-websocket',
      'raw-ws',
      ...others,
    ],
    run: (attempt) => delivered(attempt, ratePerSecond, {}),
  };
}

/** By then what is compiled is compiled. After 8,000 the p99 was still twice what it became. */
const WARM_EVENTS = 20_000;

/** Publishes in an open loop and tells the latencies. */
export async function delivered(
  attempt: Attempt,
  ratePerSecond: number,
  options: Partial<StageOptions>,
): Promise<Measured> {
  await using stage = await attempt.stage(options);
  attempt.tell('connecting');
  await stage.connect();
  attempt.tell('measuring');
  const warmMs = Math.max(8_000, (WARM_EVENTS / ratePerSecond) * 1_000);
  const { report, usage } = await stage.openLoop(ratePerSecond, {
    warmMs: attempt.scaled({ quick: 3_000, full: warmMs }),
    lengthMs: attempt.scaled({ quick: 5_000, full: 20_000 }),
  });
  const { latency, lost, repeats } = await stage.collect();
  return {
    figures: percentiles(latency),
    latencies: [
      { name: 'due to callback', parcel: latency.parcel() },
      { name: 'due to acknowledgement', parcel: report.acknowledged },
      { name: "the generator's own delay", parcel: report.lag },
    ],
    usages: usage.processes,
    lost,
    repeats,
    notes: doubts(report, usage),
  };
}
