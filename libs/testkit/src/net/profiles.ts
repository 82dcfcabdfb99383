import type { Impairment } from './impairment.ts';

/** A kind of access network, in the figures that such are described by. */
export interface NetworkProfile {
  readonly name: string;
  readonly downKbit: number;
  readonly upKbit: number;
  /** From the device to a server and back. */
  readonly rttMs: number;
  /** The round trip takes so much more or less. */
  readonly jitterMs: number;
  /** The share of packets that are lost. */
  readonly loss: number;
}

/** Access networks as browsers' developer tools (Chrome) and load tests (WebPageTest, Loadero) model them. */
export const PROFILES = {
  gprs: { name: 'GPRS', downKbit: 80, upKbit: 20, rttMs: 650, jitterMs: 100, loss: 0.01 },
  edge: { name: 'EDGE', downKbit: 240, upKbit: 200, rttMs: 840, jitterMs: 100, loss: 0.01 },
  threeG: { name: '3G', downKbit: 1_200, upKbit: 1_200, rttMs: 250, jitterMs: 50, loss: 0.005 },
  slow4G: { name: 'slow 4G', downKbit: 1_600, upKbit: 750, rttMs: 150, jitterMs: 10, loss: 0.002 },
  fast4G: { name: 'fast 4G', downKbit: 9_000, upKbit: 1_500, rttMs: 60, jitterMs: 5, loss: 0.002 },
  satellite: { name: 'satellite', downKbit: 1_000, upKbit: 256, rttMs: 600, jitterMs: 20, loss: 0.005 },
  wifi: { name: 'Wi-Fi', downKbit: 30_000, upKbit: 15_000, rttMs: 10, jitterMs: 5, loss: 0.001 },
} as const satisfies Readonly<Record<string, NetworkProfile>>;

/** What a profile does to a device's connections: half of its round trip each way. */
export function impairmentOf({ downKbit, upKbit, rttMs, jitterMs, loss }: NetworkProfile): Impairment {
  const half = { latencyMs: rttMs / 2, jitterMs: jitterMs / 2, loss: loss / 2 };
  return { up: { ...half, kbitPerSecond: upKbit }, down: { ...half, kbitPerSecond: downKbit } };
}
