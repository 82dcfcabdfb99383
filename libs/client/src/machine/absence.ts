import type { ConnectReport } from '@longspan/protocol';
import type { Machine } from './state.ts';

/** What the client has been through since its last `welcome`. */
export interface Absence {
  /** Since when it has had no connection; undefined while it has one, and before its first. */
  readonly since: number | undefined;
  /** Attempts to connect. */
  readonly attempts: number;
  /** Broken chains. */
  readonly violations: number;
}

export const NO_ABSENCE: Absence = { since: undefined, attempts: 0, violations: 0 };

/** The last connection is gone. An absence that has begun already goes on. */
export function gone(m: Machine, now: number): Machine {
  const had = m.link.kind === 'replaying' || m.link.kind === 'live';
  return had && m.absence.since === undefined ? { ...m, absence: { ...m.absence, since: now } } : m;
}

export function tried(m: Machine): Machine {
  return { ...m, absence: { ...m.absence, attempts: m.absence.attempts + 1 } };
}

export function violated(m: Machine): Machine {
  return { ...m, absence: { ...m.absence, violations: m.absence.violations + 1 } };
}

/** What the edge is told in `connect`; nothing by a client that merely comes, or goes over to another edge. */
export function reportOf({ since, attempts, violations }: Absence, now: number): ConnectReport | undefined {
  if (since === undefined && violations === 0) return undefined;
  return { awayMs: Math.max(0, Math.round(now - (since ?? now))), attempts, violations };
}
