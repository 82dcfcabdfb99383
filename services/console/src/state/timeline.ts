import type { CloudEvent, GapReason } from '@longspan/protocol';
import { unreachable } from '@longspan/protocol';
import type { Delivery } from './delivery.ts';

/**
 * Everything that reached the page, row by row, with a check of its own that does not trust the client library: each
 * event must name the one before it. The three counters of faults therefore stay at 0 unless something is broken.
 */
export interface Timeline {
  /** Oldest first; at most ROWS_MAX. */
  readonly rows: readonly TimelineRow[];
  /** How many rows have left at the top since the page was loaded. */
  readonly trimmed: number;
  readonly nextKey: number;
  /** The last place in the user's stream that the page has reached. */
  readonly last: Place | undefined;
  readonly counts: TimelineCounts;
  /** Latencies of the latest live events, in milliseconds; at most LATENCIES_MAX. */
  readonly latenciesMs: readonly number[];
  /** How many events the present connection has replayed so far. */
  readonly replayedOfConnection: number;
}

interface TimelineCounts {
  readonly events: number;
  readonly replayed: number;
  readonly gaps: number;
  readonly duplicates: number;
  readonly outOfOrder: number;
  readonly broken: number;
}

interface Place {
  readonly epoch: string;
  readonly seq: number;
}

/** How an event joins the one before it. The last three are faults. */
export type Link = 'first' | 'linked' | 'duplicate' | 'out_of_order' | 'broken';

export type TimelineRow = EventRow | GapRow | MarkRow;

export interface EventRow {
  readonly kind: 'event';
  readonly key: number;
  readonly seq: number;
  readonly prev: number;
  readonly epoch: string;
  readonly event: CloudEvent;
  readonly edge: string;
  readonly link: Link;
  readonly replayed: boolean;
  readonly receivedAtMs: number;
  /** From the publisher's clock to the page's; only where the event was delivered as it happened. */
  readonly latencyMs: number | undefined;
}

interface GapRow {
  readonly kind: 'gap';
  readonly key: number;
  readonly from: string;
  readonly to: string;
  readonly reason: GapReason;
}

interface MarkRow {
  readonly kind: 'mark';
  readonly key: number;
  readonly atMs: number;
  readonly mark: Mark;
}

/** What happened to the connection between two events. */
export type Mark =
  | { readonly kind: 'lost'; readonly edge: string; readonly reason: string }
  | { readonly kind: 'connected'; readonly edge: string; readonly afterMs: number | undefined }
  | { readonly kind: 'caught_up'; readonly replayed: number };

export type TimelineInput =
  | { readonly kind: 'event'; readonly delivery: Delivery }
  | {
      readonly kind: 'gap';
      readonly from: string;
      readonly to: string;
      readonly toPlace: Place;
      readonly reason: GapReason;
    }
  | { readonly kind: 'lost'; readonly edge: string; readonly reason: string; readonly atMs: number }
  | {
      readonly kind: 'connected';
      readonly edge: string;
      readonly afterMs: number | undefined;
      readonly atMs: number;
    }
  | { readonly kind: 'caught_up'; readonly atMs: number };

/** Rows beyond this leave the page, oldest first. */
export const ROWS_MAX = 5_000;
const LATENCIES_MAX = 200;

export const EMPTY_TIMELINE: Timeline = {
  rows: [],
  trimmed: 0,
  nextKey: 0,
  last: undefined,
  counts: { events: 0, replayed: 0, gaps: 0, duplicates: 0, outOfOrder: 0, broken: 0 },
  latenciesMs: [],
  replayedOfConnection: 0,
};

/** The timeline after more inputs, in order. One call for many inputs costs one copy. */
export function extendTimeline(timeline: Timeline, inputs: readonly TimelineInput[]): Timeline {
  if (inputs.length === 0) return timeline;
  const rows: TimelineRow[] = [];
  const latencies: number[] = [];
  const counts = { ...timeline.counts };
  let { nextKey, last, replayedOfConnection } = timeline;
  for (const input of inputs) {
    switch (input.kind) {
      case 'event': {
        const link = linkOf(last, input.delivery, [timeline.rows, rows]);
        const row = eventRow(nextKey++, link, input.delivery);
        rows.push(row);
        if (row.latencyMs !== undefined) latencies.push(row.latencyMs);
        counts.events += 1;
        if (row.replayed) counts.replayed += 1;
        if (row.replayed) replayedOfConnection += 1;
        if (row.link === 'duplicate') counts.duplicates += 1;
        if (row.link === 'out_of_order') counts.outOfOrder += 1;
        if (row.link === 'broken') counts.broken += 1;
        if (row.link !== 'duplicate' && row.link !== 'out_of_order')
          last = { epoch: row.epoch, seq: row.seq };
        break;
      }
      case 'gap':
        rows.push({ kind: 'gap', key: nextKey++, from: input.from, to: input.to, reason: input.reason });
        counts.gaps += 1;
        last = input.toPlace;
        break;
      case 'lost': {
        const mark: Mark = { kind: 'lost', edge: input.edge, reason: input.reason };
        rows.push({ kind: 'mark', key: nextKey++, atMs: input.atMs, mark });
        break;
      }
      case 'connected': {
        const mark: Mark = { kind: 'connected', edge: input.edge, afterMs: input.afterMs };
        rows.push({ kind: 'mark', key: nextKey++, atMs: input.atMs, mark });
        replayedOfConnection = 0;
        break;
      }
      case 'caught_up': {
        const mark: Mark = { kind: 'caught_up', replayed: replayedOfConnection };
        rows.push({ kind: 'mark', key: nextKey++, atMs: input.atMs, mark });
        break;
      }
      default:
        unreachable(input);
    }
  }
  const all = [...timeline.rows, ...rows];
  const over = Math.max(0, all.length - ROWS_MAX);
  return {
    rows: over > 0 ? all.slice(over) : all,
    trimmed: timeline.trimmed + over,
    nextKey,
    last,
    counts,
    latenciesMs: [...timeline.latenciesMs, ...latencies].slice(-LATENCIES_MAX),
    replayedOfConnection,
  };
}

/** The latency that half of the latest live events stayed below, in milliseconds; undefined before the first. */
export function medianLatencyMs(timeline: Timeline): number | undefined {
  return timeline.latenciesMs.toSorted((a, b) => a - b)[Math.floor(timeline.latenciesMs.length / 2)];
}

function eventRow(key: number, link: Link, delivery: Delivery): EventRow {
  const { event, epoch, seq, prev, edge, replayed, receivedAtMs } = delivery;
  const happenedAtMs = event.time === undefined ? Number.NaN : Date.parse(event.time);
  const latencyMs = replayed || Number.isNaN(happenedAtMs) ? undefined : receivedAtMs - happenedAtMs;
  return { kind: 'event', key, seq, prev, epoch, event, edge, link, replayed, receivedAtMs, latencyMs };
}

/** PROTOCOL.md, Positions: an entry follows a reader at p if prev <= p < seq. Rows are searched only after a fault. */
function linkOf(
  last: Place | undefined,
  { epoch, seq, prev }: Delivery,
  seen: readonly (readonly TimelineRow[])[],
): Link {
  if (last === undefined) return 'first';
  if (last.epoch !== epoch) return 'broken';
  if (seq > last.seq) return prev <= last.seq ? 'linked' : 'broken';
  const repeated = seen.some((rows) => rows.some((row) => row.kind === 'event' && row.seq === seq));
  return repeated || seq === last.seq ? 'duplicate' : 'out_of_order';
}
