import type { Audit, Evidence, Timings } from '@longspan/testkit';

/** Where the clients of a run put what they measure. */
export function timings(evidence: Evidence): Timings {
  return { latency: evidence.latency('publish to callback'), reconnect: evidence.latency('reconnect') };
}

/**
 * Judges a run over a fault.
 * @param withinMs as long as the fault may hold up an event on its way, for a client that stays connected or comes back.
 */
export function conclude(evidence: Evidence, fault: string, audit: Audit, withinMs: number): void {
  evidence.audited(`Failover, ${fault}: events`, audit);
  const latency = evidence.latency('publish to callback');
  const longestMs = latency.percentileMs(100);
  evidence.figure({
    metric: `Failover, ${fault}: longest wait of an event for its callback`,
    requirement: `< ${withinMs / 1_000} s`,
    achieved: `${(longestMs / 1_000).toFixed(1)} s, p50 ${latency.percentileMs(50).toFixed(1)} ms`,
    holds: longestMs < withinMs,
  });
}
