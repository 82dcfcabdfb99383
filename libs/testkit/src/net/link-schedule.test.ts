import { expect, test } from 'vitest';
import { Random } from '../random.ts';
import { LinkSchedule, SEGMENT_BYTES } from './link-schedule.ts';
import { impairmentOf, PROFILES } from './profiles.ts';
import { REGIONS, rttMs, wayBetween } from './regions.ts';

const seeds = Array.from({ length: 50 }, (_, seed) => seed);

test('whatever the jitter, loss and bandwidth, what is sent later never arrives earlier', () => {
  // Goal: a TCP stream keeps its order. Method: many pieces at random moments over a bad link, for many seeds.
  for (const seed of seeds) {
    const random = new Random(seed);
    const schedule = new LinkSchedule(random, 0);
    const link = { latencyMs: 50, jitterMs: 50, loss: 0.1, kbitPerSecond: 500 };
    let [nowMs, lastMs] = [0, 0];
    for (let piece = 0; piece < 200; piece += 1) {
      nowMs += random.next() * 20;
      const arrivalMs = schedule.arrivalMs(nowMs, 1 + random.below(5_000), link);
      expect(arrivalMs).toBeGreaterThanOrEqual(Math.max(nowMs, lastMs));
      lastMs = arrivalMs;
    }
  }
});

test('latency is what was asked for, give or take the jitter', () => {
  // Goal: figures in profiles are what connections feel. Method: pieces too far apart to hold each other up.
  const schedule = new LinkSchedule(new Random(7), 0);
  const latencies = seeds.map(
    (n) => schedule.arrivalMs(n * 1_000, 100, { latencyMs: 300, jitterMs: 200 }) - n * 1_000,
  );
  expect(Math.min(...latencies)).toBeGreaterThanOrEqual(100);
  expect(Math.max(...latencies)).toBeLessThanOrEqual(500);
  expect(Math.max(...latencies) - Math.min(...latencies)).toBeGreaterThan(200);
});

test('a narrow link passes as many bytes a second as it is wide', () => {
  // Goal: bandwidth within a few per cent, also after a pause, which saves up no more than a small burst.
  // Method: 100 kB at 800 kbit/s is one second; twice, with ten idle seconds between.
  const schedule = new LinkSchedule(new Random(7), 0);
  for (const startMs of [0, 10_000]) {
    let arrivalMs = startMs;
    for (let sent = 0; sent < 100_000; sent += 1_000)
      arrivalMs = schedule.arrivalMs(startMs, 1_000, { kbitPerSecond: 800 });
    expect(arrivalMs - startMs).toBeGreaterThan(900);
    expect(arrivalMs - startMs).toBeLessThanOrEqual(1_000);
  }
});

test('a lost packet holds up what is behind it for a retransmission, as often as packets are lost', () => {
  // Goal: loss is seen as TCP shows it. Method: pieces of one packet, far apart; count those that are late.
  const schedule = new LinkSchedule(new Random(7), 0);
  const delaysMs = Array.from({ length: 5_000 }, (_, n) => {
    const nowMs = n * 60_000;
    return schedule.arrivalMs(nowMs, SEGMENT_BYTES, { latencyMs: 20, loss: 0.05 }) - nowMs;
  });
  const late = delaysMs.filter((delayMs) => delayMs > 20);
  expect(Math.min(...late)).toBeGreaterThanOrEqual(220);
  expect(late.length).toBeGreaterThan(200);
  expect(late.length).toBeLessThan(300);
});

test('the same seed gives the same arrivals', () => {
  // Goal: a failure can be run again. Method: the same pieces twice, and once with another seed.
  const arrivals = (seed: number) => {
    const schedule = new LinkSchedule(new Random(seed), 0);
    return seeds.map((n) => schedule.arrivalMs(n * 5, 2_000, { latencyMs: 50, jitterMs: 20, loss: 0.1 }));
  };
  expect(arrivals(7)).toEqual(arrivals(7));
  expect(arrivals(7)).not.toEqual(arrivals(8));
});

test.each(Object.values(PROFILES))(
  '100 kB over $name take what its bandwidth and round trip say',
  (profile) => {
    // Goal: a profile is the network that it names. Method: compare with the arithmetic; loss may add its share.
    const { down = {} } = impairmentOf(profile);
    const schedule = new LinkSchedule(new Random(7), 0);
    let arrivalMs = 0;
    for (let sent = 0; sent < 100_000; sent += SEGMENT_BYTES)
      arrivalMs = schedule.arrivalMs(0, SEGMENT_BYTES, { ...down, loss: 0 });
    const idealMs = (100_000 * 8) / profile.downKbit + profile.rttMs / 2;
    expect(arrivalMs).toBeGreaterThan(idealMs * 0.8);
    expect(arrivalMs).toBeLessThan(idealMs * 1.2 + profile.jitterMs);
  },
);

test('regions are 80, 150 and 220 ms from each other, both ways alike', () => {
  // Goal: the table is symmetric and its impairment adds up to the round trip. Method: all pairs.
  const far = new Set<number>();
  for (const from of REGIONS) {
    for (const to of REGIONS) {
      const { up, down } = wayBetween(from, to);
      expect((up?.latencyMs ?? 0) + (down?.latencyMs ?? 0)).toBe(rttMs(to, from));
      if (from !== to) far.add(rttMs(from, to));
    }
  }
  expect([...far].toSorted((a, b) => a - b)).toEqual([80, 150, 220]);
});
