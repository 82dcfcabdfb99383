import {
  connectNats,
  ensureTopology,
  NatsEventLog,
  NatsPublisher,
  shardStream,
  type ShardId,
  type TopologySpec,
} from '@longspan/broker';
import type { CloudEvent, Seq, UserId } from '@longspan/protocol';
import { eventually, startNats, type NatsCluster } from '@longspan/testkit';
import { jetstreamManager } from '@nats-io/jetstream';
import { KEEP, SHARDS, type EventLogStage } from './event-log-suite.ts';

type Connection = Awaited<ReturnType<typeof connectNats>>;

/** The log over NATS, on a cluster of its own. */
export class NatsEventLogStage implements EventLogStage {
  readonly nc: Connection;
  readonly topology: TopologySpec;
  readonly log: NatsEventLog;
  readonly publisher: NatsPublisher;
  readonly #cluster: NatsCluster;

  static async open(nodes: 1 | 3): Promise<NatsEventLogStage> {
    const cluster = await startNats({ nodes, ...(nodes === 1 ? { backend: 'processes' as const } : {}) });
    const nc = await connectNats({ servers: cluster.urls, name: 'suite' });
    const topology: TopologySpec = {
      shards: SHARDS,
      replicas: nodes,
      eventsPerUser: KEEP - 1,
      retentionMs: 3_600_000,
      duplicateWindowMs: 60_000,
    };
    // A cluster that has just come up may not have met all its members yet.
    await eventually('the streams are there', () => ensureTopology(nc, topology));
    return new NatsEventLogStage(cluster, nc, topology, await NatsEventLog.open(nc, SHARDS));
  }

  private constructor(cluster: NatsCluster, nc: Connection, topology: TopologySpec, log: NatsEventLog) {
    this.#cluster = cluster;
    this.nc = nc;
    this.topology = topology;
    this.log = log;
    this.publisher = new NatsPublisher(nc, { shards: SHARDS, epochOf: (shard) => log.stateOf(shard).epoch });
  }

  async publish(to: UserId, ids: readonly string[], bytes?: number): Promise<readonly Seq[]> {
    const receipts = await this.publisher.publish(
      to,
      ids.map((id) => event(id, bytes)),
    );
    return receipts.map(({ position }) => position.seq);
  }

  idOf(payload: Uint8Array): string {
    return (JSON.parse(Buffer.from(payload).toString()) as CloudEvent).id;
  }

  async makeAnew(shard: ShardId): Promise<void> {
    const jsm = await jetstreamManager(this.nc);
    await jsm.streams.delete(shardStream(shard));
    await ensureTopology(this.nc, this.topology);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.publisher[Symbol.asyncDispose]();
    await this.log[Symbol.asyncDispose]();
    await this.nc.close();
    await this.#cluster[Symbol.asyncDispose]();
  }
}

export function event(id: string, bytes = 16): CloudEvent {
  return { specversion: '1.0', id, source: '/suite', type: 'test', data: 'x'.repeat(bytes) };
}
