import { jetstreamManager, type JetStreamManager, type StreamInfo } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { ShardId } from '../shard.ts';
import { planStream, type Allowances, type StreamPlan } from '../topology/stream-plan.ts';
import { insist } from './insist.ts';
import {
  commandsStreamWish,
  deadCommandsStreamWish,
  shardStreamWish,
  type StreamWish,
  type TopologySpec,
} from './stream-wish.ts';
import { ensureStream, findStream, makeShard, topologyError } from './topology.ts';

/** What was done about one stream. */
export interface TopologyStep {
  readonly stream: string;
  readonly done: 'made' | 'updated' | 'kept';
  /** What is different now, in words. */
  readonly changes: readonly string[];
}

/** Refused: nothing was changed, and why, a sentence a reason. */
export type TopologyOutcome =
  | { readonly kind: 'applied'; readonly steps: readonly TopologyStep[] }
  | { readonly kind: 'refused'; readonly why: readonly string[] };

interface Item {
  readonly wish: StreamWish;
  readonly found: StreamInfo | undefined;
  readonly plan: StreamPlan;
  /** Of a stream of events. */
  readonly shard: ShardId | undefined;
}

const UPDATE_WITHIN_MS = 5_000;

/**
 * Makes the streams that are missing and brings the others to what the spec says, or, if any of that would lose
 * something, does nothing at all. Safe to run again. Rejects with a `BrokerError` if the cluster does not do it; what was done
 * until then stays, and the next run goes on from there.
 */
export async function applyTopology(
  nc: NatsConnection,
  spec: TopologySpec,
  allowed: Allowances,
): Promise<TopologyOutcome> {
  const jsm = await jetstreamManager(nc, { checkAPI: false });
  const items: Item[] = [];
  const look = async (wish: StreamWish, shard?: ShardId) => {
    const found = await findStream(jsm, wish.name);
    items.push({ wish, found, plan: planStream(found?.config, wish, allowed), shard });
  };
  for (let shard = 0; shard < spec.shards; shard++) {
    await look(shardStreamWish(shard as ShardId, spec), shard as ShardId);
  }
  await look(commandsStreamWish(spec));
  await look(deadCommandsStreamWish(spec));
  const why = items.flatMap(({ wish, plan }) =>
    plan.kind === 'refuse' ? plan.why.map((reason) => `${wish.name}: ${reason}`) : [],
  );
  if (why.length > 0) return { kind: 'refused', why };
  const steps: TopologyStep[] = [];
  for (const item of items) steps.push(await carryOut(nc, jsm, spec, item));
  return { kind: 'applied', steps };
}

async function carryOut(
  nc: NatsConnection,
  jsm: JetStreamManager,
  spec: TopologySpec,
  { wish, found, plan, shard }: Item,
): Promise<TopologyStep> {
  if (plan.kind === 'update') {
    // What an operator has noted on the stream stays there.
    const metadata = { ...found?.config.metadata, ...wish.metadata };
    try {
      await insist(UPDATE_WITHIN_MS, () => jsm.streams.update(wish.name, { ...wish, metadata }));
    } catch (error) {
      throw topologyError(`could not update the stream ${wish.name}`, error);
    }
    return { stream: wish.name, done: 'updated', changes: plan.changes };
  }
  // For a shard that exists, too: a run that ended early may have left it without its first mark.
  if (shard === undefined) await ensureStream(jsm, wish);
  else await makeShard(nc, shard, spec);
  return { stream: wish.name, done: plan.kind === 'make' ? 'made' : 'kept', changes: [] };
}
