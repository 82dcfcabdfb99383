/** What is counted over schedules, to show that each trouble did occur. */
export const OCCURRENCES = [
  'steps',
  'commits',
  'delivered',
  'repeatsDropped',
  'connections',
  'takeovers',
  'caughtUp',
  'expiredGaps',
  'resetGaps',
  'rewoundGaps',
  'liveLost',
  'liveRepeated',
  'leaderChanges',
  'rollbacks',
  'madeAnew',
  'quorumLosses',
  'barriersLost',
  'expiries',
  'staleHeads',
  'stalePages',
  'readFailures',
  'rangeReads',
  'natsReconnects',
  'edgeKills',
  'edgeDrains',
  'cuts',
  'halfOpen',
  'lagging',
  'warnings',
  'silences',
  'restarts',
] as const;
export type Occurrence = (typeof OCCURRENCES)[number];
export type Coverage = Record<Occurrence, number>;

export function newCoverage(): Coverage {
  return Object.fromEntries(OCCURRENCES.map((name) => [name, 0])) as Coverage;
}

export function addCoverage(to: Coverage, more: Coverage): void {
  for (const name of OCCURRENCES) to[name] += more[name];
}
