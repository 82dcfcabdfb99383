import { bothWays, type Impairment } from './impairment.ts';

/** Three places far from each other. */
export const REGIONS = ['america', 'europe', 'asia'] as const;
export type Region = (typeof REGIONS)[number];

/** Within a region: a metropolitan network. */
const NEAR_RTT_MS = 2;

const FAR_RTT_MS: Readonly<Record<Region, Readonly<Record<Region, number>>>> = {
  america: { america: NEAR_RTT_MS, europe: 80, asia: 220 },
  europe: { america: 80, europe: NEAR_RTT_MS, asia: 150 },
  asia: { america: 220, europe: 150, asia: NEAR_RTT_MS },
};

/** From one region to another and back, in milliseconds. */
export function rttMs(from: Region, to: Region): number {
  return FAR_RTT_MS[from][to];
}

/** What the way between two regions does to connections: half of its round trip each way, and a twentieth of jitter. */
export function wayBetween(from: Region, to: Region): Impairment {
  const latencyMs = rttMs(from, to) / 2;
  return bothWays({ latencyMs, jitterMs: latencyMs / 20 });
}
