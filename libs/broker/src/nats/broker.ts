import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { epochOfCreation, type Epoch } from '@longspan/protocol';
import type { CommandQueue, CommandWriter } from '../port/commands.ts';
import type { Control } from '../port/control.ts';
import type { EventLog } from '../port/event-log.ts';
import type { Publisher } from '../port/publisher.ts';
import type { StatusBoard } from '../port/status.ts';
import type { StreamStates } from '../port/streams.ts';
import { COMMANDS_STREAM } from '../subjects.ts';
import { NatsCommandQueue } from './command-queue.ts';
import { NatsCommandWriter } from './command-writer.ts';
import { connectNats, type NatsOptions } from './connect.ts';
import { NatsControl } from './control.ts';
import { NatsEventLog } from './event-log.ts';
import { NatsPublisher } from './publisher.ts';
import { NatsStatusBoard } from './status.ts';
import { NatsStreamStates } from './stream-states.ts';
import type { TopologySpec } from './stream-wish.ts';
import { ensureTopology, readTopology } from './topology.ts';

export interface BrokerOptions {
  readonly nats: NatsOptions;
  /** How streams that do not exist yet are made; without it they must exist (`services/topology`). */
  readonly topology?: TopologySpec | undefined;
}

/** Every port of this library on one connection to NATS. Disposing of it closes them all. */
export interface Broker extends AsyncDisposable {
  readonly nats: NatsConnection;
  readonly log: EventLog;
  readonly publisher: Publisher;
  readonly commands: CommandWriter;
  readonly queue: CommandQueue;
  readonly control: Control;
  readonly status: StatusBoard;
  readonly streams: StreamStates;
}

/**
 * Connects, waiting for NATS as long as it takes; makes the streams that are missing, if told how; opens the ports.
 * Rejects with a `BrokerError`: `no_streams` if they are missing, another if they cannot be made or are not ours.
 */
export async function openBroker({ nats, topology }: BrokerOptions): Promise<Broker> {
  const nc = await connectNats(nats);
  try {
    const shards = await (topology === undefined ? readTopology(nc) : ensureTopology(nc, topology));
    const log = await NatsEventLog.open(nc, shards);
    const commandsEpoch = await readCommandsEpoch(nc);
    return new NatsBroker(nc, log, commandsEpoch);
  } catch (error) {
    await nc.close();
    throw error;
  }
}

class NatsBroker implements Broker {
  readonly nats: NatsConnection;
  readonly log: NatsEventLog;
  readonly commands: NatsCommandWriter;
  readonly queue: NatsCommandQueue;
  readonly control: NatsControl;
  readonly status: NatsStatusBoard;
  readonly streams: NatsStreamStates;
  #publisher: NatsPublisher | undefined;

  constructor(nc: NatsConnection, log: NatsEventLog, commandsEpoch: Epoch) {
    this.nats = nc;
    this.log = log;
    this.commands = new NatsCommandWriter(nc, { epochOf: () => commandsEpoch });
    this.queue = new NatsCommandQueue(nc);
    this.control = new NatsControl(nc);
    this.status = new NatsStatusBoard(nc);
    this.streams = new NatsStreamStates(nc, log.shards, () => log.connected);
  }

  /** Made for the first who asks: edges publish nothing. */
  get publisher(): NatsPublisher {
    const { log } = this;
    this.#publisher ??= new NatsPublisher(this.nats, {
      shards: log.shards,
      epochOf: (shard) => log.stateOf(shard).epoch,
      refreshEpoch: (shard) => log.refresh(shard),
    });
    return this.#publisher;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.nats.isClosed()) return;
    await this.#publisher?.[Symbol.asyncDispose]();
    await this.commands[Symbol.asyncDispose]();
    await this.log[Symbol.asyncDispose]();
    await this.nats.close();
  }
}

async function readCommandsEpoch(nc: NatsConnection): Promise<Epoch> {
  const jsm = await jetstreamManager(nc, { checkAPI: false });
  const { created } = await jsm.streams.info(COMMANDS_STREAM);
  return epochOfCreation(created);
}
