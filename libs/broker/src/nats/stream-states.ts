import { jetstreamManager, type StreamInfo } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { BrokerError } from '../errors.ts';
import type { StreamState, StreamStates } from '../port/streams.ts';
import type { ShardId } from '../shard.ts';
import { COMMANDS_STREAM, DEAD_COMMANDS_STREAM, shardStream } from '../subjects.ts';

/** Where there is a leader, it answers within this many milliseconds. */
const ANSWER_WITHIN_MS = 2_000;

/** Asks JetStream about each stream. */
export class NatsStreamStates implements StreamStates {
  readonly #nc: NatsConnection;
  readonly #streams: readonly string[];
  readonly #isConnected: () => boolean;

  constructor(nc: NatsConnection, shards: number, isConnected: () => boolean) {
    this.#nc = nc;
    const shardStreams = Array.from({ length: shards }, (_, shard) => shardStream(shard as ShardId));
    this.#streams = [...shardStreams, COMMANDS_STREAM, DEAD_COMMANDS_STREAM];
    this.#isConnected = isConnected;
  }

  async read(): Promise<readonly StreamState[]> {
    const states = await Promise.all(this.#streams.map((stream) => this.#readOne(stream)));
    // Who has lost its connection meanwhile knows nothing of the streams.
    if (!this.#isConnected()) throw new BrokerError('disconnected', 'there is no connection to NATS');
    return states;
  }

  async #readOne(stream: string): Promise<StreamState> {
    try {
      const jsm = await jetstreamManager(this.#nc, { checkAPI: false, timeout: ANSWER_WITHIN_MS });
      return stateOf(await jsm.streams.info(stream));
    } catch {
      return { kind: 'leaderless', stream };
    }
  }
}

function stateOf({ config, cluster, state }: StreamInfo): StreamState {
  const stream = config.name;
  if (cluster !== undefined && !cluster.leader) return { kind: 'leaderless', stream };
  // A server that is no cluster is its own leader.
  const leader = cluster?.leader ?? '';
  const followers = (cluster?.replicas ?? []).map(({ name, current, offline }) => {
    return { name, current: current && offline !== true };
  });
  const replicas = [{ name: leader, current: true }, ...followers];
  return { kind: 'led', stream, leader, replicas, messages: state.messages, bytes: state.bytes };
}
