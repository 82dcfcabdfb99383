import type { Epoch, Position, SessionLimits } from '@longspan/protocol';
import type { Backoff } from '../backoff.ts';
import type { ClosedReason, HoldReason, LossReason } from '../client-state.ts';
import { NO_ABSENCE, type Absence } from './absence.ts';
import type { Sends } from './sends.ts';

/*
 *              connect                prepared, opened, welcome            caught_up
 *   ┌──────┐ ──────────▶ ┌────────────┐ ──────────────────▶ ┌───────────┐ ─────────▶ ┌──────┐
 *   │ idle │             │ connecting │                     │ replaying │            │ live │
 *   └──────┘             └────────────┘ ◀──┐                └───────────┘            └──────┘
 *                          ▲      │ failed │ due, visible,        │ lost                │ lost
 *                   release│      ▼        │ reconnect            ▼                     ▼
 *                     ┌─────────┐  ┌─────────┐ ◀────────── (at once at level 0: connecting)
 *                     │ offline │  │ waiting │
 *                     └─────────┘  └─────────┘     any ── close, a close code that says stay ──▶ closed
 *                          ▲ hold, from any but idle and closed
 *
 * A drain, or a wish to reconnect, starts a successor beside a replaying or live connection: it resumes from the
 * current position, both deliver into the one position, and when the successor has caught up, and has brought all that
 * the old one has, the old one is closed.
 */
type Link =
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting'; readonly opening: Opening }
  | { readonly kind: 'replaying'; readonly conn: Conn; readonly successor: Successor }
  | { readonly kind: 'live'; readonly conn: Conn; readonly successor: Successor; readonly watch: Watch }
  | { readonly kind: 'waiting'; readonly retryAt: number; readonly reason: LossReason }
  | { readonly kind: 'offline'; readonly reasons: readonly HoldReason[] }
  | { readonly kind: 'closed'; readonly reason: ClosedReason };

export type LinkKind = Link['kind'];

/** A connection that is not welcomed yet. Times are milliseconds since the Unix epoch. */
export type Opening =
  | { readonly stage: 'preparing'; readonly id: number; readonly url: string; readonly deadline: number }
  | {
      readonly stage: 'opening';
      readonly id: number;
      readonly url: string;
      readonly deadline: number;
      readonly token: string;
    }
  | { readonly stage: 'greeting'; readonly id: number; readonly url: string; readonly deadline: number };

/** A welcomed connection. */
export interface Conn {
  readonly id: number;
  readonly url: string;
  readonly edge: string;
  readonly session: string;
  readonly heartbeatMs: number;
  readonly limits: SessionLimits;
  /** Whether its edge takes reports of what was received. */
  readonly reportReceived: boolean;
  /** Where the edge says that it begins. */
  readonly began: Position;
  /** The epoch in which its entries are counted. */
  readonly epoch: Epoch;
  /** The last sequence that it brought, or where it began. */
  readonly brought: number;
  /** Whether its replay is over. A successor that is so takes over once it has brought all that the main one has. */
  readonly caughtUp: boolean;
  /** Since when pings have found it behind, with no event coming. */
  readonly behindSince: number | undefined;
  /** When its last frame came. */
  readonly heardAt: number;
  /** When it is to be left for another one, because its edge drains. */
  readonly leaveAt: number | undefined;
}

/** The connection that is to take over from the present one. */
export type Successor =
  | { readonly kind: 'none' }
  | { readonly kind: 'scheduled'; readonly at: number }
  | { readonly kind: 'opening'; readonly opening: Opening }
  | { readonly kind: 'replaying'; readonly conn: Conn };

export const NO_SUCCESSOR: Successor = { kind: 'none' };

/** What follows a connection that has just become the main one: its edge may drain already. */
export function successorAfter(conn: Conn): Successor {
  return conn.leaveAt === undefined ? NO_SUCCESSOR : { kind: 'scheduled', at: conn.leaveAt };
}

/** What is watched while live. */
interface Watch {
  /** When the connection counts as healthy; undefined once it does. */
  readonly provenAt: number | undefined;
}

/** How eagerly the next attempt is made. */
interface Retry {
  /** The backoff level of the next attempt; 0 is "at once". */
  readonly level: number;
  /** Attempts since the client was last live. */
  readonly attempt: number;
  /** Tokens refused in a row. */
  readonly refusals: number;
}

/** Counters since the client was made. */
export interface ClientStats {
  /** Connections that were welcomed. */
  readonly connections: number;
  readonly delivered: number;
  /** Entries that one connection brought twice; the second ones were dropped. An edge that does this is at fault. */
  readonly repeats: number;
  /** Entries that a connection brought after another one had, as happens while one takes over; they were dropped. */
  readonly overlaps: number;
  /** Broken chains: nothing was delivered past them. */
  readonly holes: number;
  readonly gaps: number;
  /** Times that the end of the stream was missing (G9). */
  readonly lostTails: number;
}

export interface MachineConfig {
  readonly urls: readonly string[];
  /** The index of the url that is tried first. */
  readonly firstUrl: number;
  readonly from: string;
  readonly client: string;
  readonly backoff: Backoff;
  /** Whether another token can be had. */
  readonly renewable: boolean;
  /** Whether the application's having had events is reported, to edges that take it. */
  readonly reportReceived?: boolean;
}

export interface Machine {
  readonly config: MachineConfig;
  readonly link: Link;
  /** Everything up to here was delivered or told as a gap; undefined until the store or an edge says where to begin. */
  readonly position: Position | undefined;
  readonly user: string | undefined;
  readonly nextId: number;
  /** The index of the url for the next attempt. */
  readonly nextUrl: number;
  readonly retry: Retry;
  readonly absence: Absence;
  readonly renewAt: number | undefined;
  readonly sends: Sends;
  readonly stats: ClientStats;
}

export function initialMachine(config: MachineConfig): Machine {
  return {
    config,
    link: { kind: 'idle' },
    position: undefined,
    user: undefined,
    nextId: 1,
    nextUrl: config.firstUrl,
    retry: { level: 0, attempt: 0, refusals: 0 },
    absence: NO_ABSENCE,
    renewAt: undefined,
    sends: { queue: [], flight: undefined, holdUntil: 0, tries: 0 },
    stats: { connections: 0, delivered: 0, repeats: 0, overlaps: 0, holes: 0, gaps: 0, lostTails: 0 },
  };
}

/** Adds one to a counter. */
export function counted(m: Machine, counter: keyof Machine['stats']): Machine {
  return { ...m, stats: { ...m.stats, [counter]: m.stats[counter] + 1 } };
}
