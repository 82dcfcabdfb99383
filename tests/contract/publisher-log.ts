import {
  connectNats,
  ensureTopology,
  eventSubject,
  NatsPublisher,
  shardOf,
  shardStream,
  type ShardId,
} from '@longspan/broker';
import { epochOfCreation, parseUserId, type CloudEvent, type Epoch, type UserId } from '@longspan/protocol';
import { eventually, startNats, storedMessages, type NatsCluster } from '@longspan/testkit';
import { jetstreamManager, type StoredMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

const SHARD = 0 as ShardId;
/** More than is published while a replica comes back, which may take minutes: the log keeps all that is compared with it. */
const EVENTS_PER_USER = 10_000_000;

export function user(name: string): UserId {
  const id = parseUserId(name);
  if (id === undefined) throw new TypeError(`not a user id: ${name}`);
  return id;
}

export function event(id: string, data: unknown = {}): CloudEvent {
  return { specversion: '1.0', id, source: '/contract', type: 'test', data };
}

/** A log with one shard, the publisher under test, and a way to read what is stored that shares no code with it. */
export class PublishedLog implements AsyncDisposable {
  readonly cluster: NatsCluster;
  readonly nc: NatsConnection;
  readonly publisher: NatsPublisher;
  readonly stream = shardStream(SHARD);
  #epoch: Epoch;

  private constructor(cluster: NatsCluster, nc: NatsConnection, epoch: Epoch) {
    this.cluster = cluster;
    this.nc = nc;
    this.#epoch = epoch;
    this.publisher = this.open(nc);
  }

  static async start(nodes: 1 | 3): Promise<PublishedLog> {
    const cluster = await startNats({ nodes, backend: 'processes' });
    const nc = await connectNats({ servers: cluster.urls, name: 'publisher-contract' });
    // A cluster that has just come up may not have met all its members yet.
    await eventually('the streams are there', () => ensureTopology(nc, topology(nodes)));
    return new PublishedLog(cluster, nc, await readEpoch(nc));
  }

  get epoch(): Epoch {
    return this.#epoch;
  }

  /** Another publisher, on the connection given. */
  open(nc: NatsConnection): NatsPublisher {
    return new NatsPublisher(nc, {
      shards: 1,
      epochOf: () => this.#epoch,
      refreshEpoch: async () => (this.#epoch = await readEpoch(this.nc)),
    });
  }

  /** Deletes the stream and makes it anew. */
  async makeAnew(): Promise<void> {
    await (await jetstreamManager(this.nc)).streams.delete(this.stream);
    await ensureTopology(this.nc, topology(this.cluster.size === 1 ? 1 : 3));
  }

  /** The ids and sequences of a user's events, in order. */
  async eventsOf(user: UserId): Promise<readonly { readonly id: string; readonly seq: number }[]> {
    const stored = storedMessages(this.nc, this.stream, eventSubject(shardOf(user, 1), user));
    return await Array.fromAsync(stored, (message) => ({
      id: message.json<{ id: string }>().id,
      seq: message.seq,
    }));
  }

  /** The last message of a user as the stream holds it. */
  async lastOf(user: UserId): Promise<StoredMsg> {
    const manager = await jetstreamManager(this.nc);
    const message = await manager.streams.getMessage(this.stream, {
      last_by_subj: eventSubject(shardOf(user, 1), user),
    });
    if (message === null) throw new Error('the user has no events');
    return message;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.publisher[Symbol.asyncDispose]();
    await this.nc.close();
    await this.cluster[Symbol.asyncDispose]();
  }
}

function topology(replicas: number) {
  return {
    shards: 1,
    replicas,
    eventsPerUser: EVENTS_PER_USER,
    retentionMs: 3_600_000,
    duplicateWindowMs: 120_000,
  };
}

async function readEpoch(nc: NatsConnection): Promise<Epoch> {
  return epochOfCreation((await (await jetstreamManager(nc)).streams.info(shardStream(SHARD))).created);
}
