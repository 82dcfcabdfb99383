import type { StreamConfig } from '@nats-io/jetstream';
import { SHARDS_KEY, type StreamWish } from '../nats/stream-wish.ts';

/** What is to be done about one stream. `refuse`: it would lose something, or is not ours. */
export type StreamPlan =
  | { readonly kind: 'make' }
  | { readonly kind: 'keep' }
  | { readonly kind: 'update'; readonly changes: readonly string[] }
  | { readonly kind: 'refuse'; readonly why: readonly string[] };

export interface Allowances {
  /** Fewer copies of each event are kept: nothing is lost now, but a server less may be lost later. */
  readonly fewerReplicas: boolean;
}

/** Lowered, these discard what is kept or turn away what was taken. Zero or less is no limit. */
const LIMITS = ['max_msgs_per_subject', 'max_age', 'max_msg_size'] as const;
/** What a stream is by its nature: another value means another stream. */
const NATURE = ['subjects', 'retention', 'storage'] as const;
/** May change at any time, in any direction. */
const HABITS = [
  'discard',
  'duplicate_window',
  'allow_direct',
  'allow_rollup_hdrs',
  'allow_atomic',
  'republish',
] as const;

type Field = (typeof LIMITS)[number] | (typeof NATURE)[number] | (typeof HABITS)[number] | 'num_replicas';

const NANOS_PER_SECOND = 1_000_000_000;
const DURATIONS: ReadonlySet<Field> = new Set<Field>(['max_age', 'duplicate_window']);

/**
 * Compares a stream with what we wish it to be. Only what we have a wish about counts: a limit that an operator has added
 * stays. Whatever would discard events or commands is refused.
 */
export function planStream(
  found: StreamConfig | undefined,
  wish: StreamWish,
  allowed: Allowances,
): StreamPlan {
  if (found === undefined) return { kind: 'make' };
  const differs = (field: Field) => wish[field] !== undefined && !same(found[field], wish[field]);
  const why: string[] = [];
  for (const field of NATURE) {
    if (differs(field)) why.push(`${change(field, found, wish)}: that would be another stream`);
  }
  for (const field of LIMITS) {
    if (differs(field) && limit(wish[field]) < limit(found[field]))
      why.push(`${change(field, found, wish)}: that would discard what is kept`);
  }
  if ((wish.num_replicas ?? 0) < found.num_replicas && !allowed.fewerReplicas) {
    why.push(
      `${change('num_replicas', found, wish)}: fewer copies outlive fewer servers (LONGSPAN_ALLOW_FEWER_REPLICAS=1 says that this is meant)`,
    );
  }
  why.push(...shardTrouble(found, wish));
  if (why.length > 0) return { kind: 'refuse', why };
  const changes = [...LIMITS, ...HABITS, 'num_replicas' as const]
    .filter(differs)
    .map((field) => change(field, found, wish));
  return changes.length > 0 ? { kind: 'update', changes } : { kind: 'keep' };
}

function shardTrouble(found: StreamConfig, wish: StreamWish): readonly string[] {
  const wanted = wish.metadata?.[SHARDS_KEY];
  if (wanted === undefined) return [];
  const has = found.metadata?.[SHARDS_KEY];
  if (has === undefined) return ['it was not made by Longspan'];
  if (has === wanted) return [];
  return [`it is one of ${has} shards, not of ${wanted}: users would be in other shards than their events`];
}

function change(field: Field, found: StreamConfig, wish: StreamWish): string {
  return `${field} from ${shown(field, found[field])} to ${shown(field, wish[field])}`;
}

function shown(field: Field, value: unknown): string {
  if (DURATIONS.has(field) && typeof value === 'number') return `${value / NANOS_PER_SECOND} s`;
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
}

function limit(value: number | undefined): number {
  return value === undefined || value <= 0 ? Number.POSITIVE_INFINITY : value;
}

/** The server fills in and orders as it likes: only what is wished for is compared, lists without their order. */
function same(found: unknown, wish: unknown): boolean {
  if (Array.isArray(found) && Array.isArray(wish)) {
    return found.length === wish.length && wish.every((entry) => found.includes(entry));
  }
  if (isRecord(found) && isRecord(wish)) {
    return Object.entries(wish).every(([key, value]) => same(found[key], value));
  }
  return found === wish;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
