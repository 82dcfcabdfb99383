import { ENTRY_OVERHEAD_BYTES, type OutboxLimits, type Start } from '@longspan/delivery';
import { shardOf, type ShardId } from '@longspan/broker';
import { unreachable, type Epoch, type Seq, type UserId } from '@longspan/protocol';
import { Random } from '../random.ts';
import type { Coverage } from './coverage.ts';
import type { Reader } from './reading.ts';
import type { Scenario } from './scenario.ts';
import type { Step } from './schedule.ts';
import { SimulatedClient } from './simulated-client.ts';
import { SimulatedClock, type Process } from './simulated-clock.ts';
import { SimulatedCluster } from './simulated-cluster.ts';
import { SimulatedConnection } from './simulated-connection.ts';
import { SimulatedEdge } from './simulated-edge.ts';
import { SimulatedStream } from './simulated-stream.ts';
import { QUIET, type Faults, type Surroundings } from './surroundings.ts';
import { WireWitness } from './wire-witness.ts';

/** More than the barriers of all rounds until the world is at rest again. */
const LONG_TAIL = 40;

interface Task {
  readonly process: Process;
  readonly what: string;
  readonly work: () => void;
}

const USERS = ['ada', 'bob'] as UserId[];

/** A log, edges and clients, in which one thing after the other happens, as a schedule says. */
export class World implements Surroundings {
  readonly users: readonly UserId[];
  readonly streams: readonly SimulatedStream[];
  readonly clock = new SimulatedClock();
  readonly faults: Faults = { ...QUIET };
  readonly limits: OutboxLimits;
  readonly pageEventsMax: number;
  readonly rangeEventsMax: number;
  readonly coverage: Coverage;
  readonly trace: ((line: string) => void) | undefined;
  readonly clients: SimulatedClient[] = [];
  random = new Random(0);
  isCalm = false;
  readonly #scenario: Scenario;
  readonly #shardOf: ReadonlyMap<UserId, ShardId>;
  readonly #cluster: SimulatedCluster;
  readonly #edges: SimulatedEdge[];
  #connections: SimulatedConnection[] = [];
  #tasks: Task[] = [];
  #count = 0;
  #unsettled = false;
  #violation: unknown;

  constructor(scenario: Scenario, coverage: Coverage, trace?: (line: string) => void) {
    const { users, keepPerUser, replicas, pageEventsMax, rangeEventsMax, shards, edges, eventBytes } =
      scenario;
    this.#scenario = scenario;
    this.coverage = coverage;
    this.trace = trace;
    this.users = USERS.slice(0, users);
    this.streams = Array.from(
      { length: shards },
      (_, shard) => new SimulatedStream(shard as ShardId, keepPerUser, replicas),
    );
    this.#shardOf = new Map(this.users.map((user) => [user, shardOf(user, shards)]));
    this.pageEventsMax = pageEventsMax;
    this.rangeEventsMax = rangeEventsMax;
    // An outbox of four entries or so.
    const entryBytes = ENTRY_OVERHEAD_BYTES + eventBytes;
    this.limits = { bytesMax: 4 * entryBytes, bytesLow: entryBytes };
    this.#edges = Array.from({ length: edges }, () => this.#newEdge());
    const alive = () => this.#edges.filter((edge) => edge.isAlive);
    this.#cluster = new SimulatedCluster(this, { users: this.users, eventBytes, edges: alive });
  }

  shardOf(user: UserId): ShardId {
    const shard = this.#shardOf.get(user);
    if (shard === undefined) throw new RangeError(`there is no user ${user}`);
    return shard;
  }

  streamOf(user: UserId): SimulatedStream {
    const stream = this.streams[this.shardOf(user)];
    if (stream === undefined) throw new RangeError(`there is no stream of ${user}`);
    return stream;
  }

  readonly later = (process: Process, what: string, work: () => void): void => {
    this.#tasks.push({ process, what, work });
  };

  settled(): void {
    this.#unsettled = true;
  }

  broken(violation: unknown): void {
    this.#violation ??= violation;
  }

  /** Has one thing happen; false if it was not possible. Who waits for it goes on in `settle`. */
  step({ action, chance }: Step): boolean {
    this.random = new Random(chance);
    if (!this.#happens(action)) return false;
    this.coverage.steps++;
    return true;
  }

  /** Whether the step has let something go on, or broken a promise, so that `settle` is due. */
  get isUnsettled(): boolean {
    return this.#unsettled || this.#violation !== undefined;
  }

  /** Lets all that waited for what has happened go on. Throws a `Violation` if a promise was broken. */
  async settle(): Promise<void> {
    this.#unsettled = false;
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#violation !== undefined) throw this.#violation;
  }

  /** Ends all trouble, but not what it has done. */
  endTrouble(): void {
    Object.assign(this.faults, QUIET);
    for (const stream of this.streams) {
      stream.hasQuorum = true;
      stream.elect(stream.leader);
    }
    for (const client of this.clients) {
      client.give({ kind: 'release', reason: 'network' });
      client.give({ kind: 'connect' });
    }
  }

  /** Loses so much of a stream that barriers do not soon grow over it, where streams lose their tails at all. */
  loseLongTail(): boolean {
    if (!this.#scenario.rollsBack) return false;
    this.isCalm = false;
    return this.#cluster.loseTail(LONG_TAIL);
  }

  /** Lets happen what is under way, in some fair order, until nothing moves without time passing; or `rounds` of it. */
  async comeToRest(rounds: number): Promise<void> {
    for (let left = rounds; left > 0; left--) {
      this.#startEdges();
      for (const stream of this.streams) stream.advanceAll();
      let moved = false;
      for (const action of SELF_MOVING) if (this.#happens(action)) moved = true;
      if (this.isUnsettled) await this.settle();
      else if (!moved) return;
    }
  }

  /** An event is published. */
  commit(): void {
    this.#cluster.commit();
  }

  /**
   * Events are published and no edge hears of them, where the live path loses events at all. Nothing comes after them:
   * only a sync round finds them (G9).
   */
  commitUnheard(): boolean {
    if (this.#scenario.dropMax === 0) return false;
    this.faults.drop = 1;
    const committed = this.#cluster.commit();
    this.faults.drop = 0;
    return committed;
  }

  /** Lets time pass up to the next timer, wherever. */
  timePasses(): void {
    this.clock.fireFirst();
  }

  #happens(action: Step['action']): boolean {
    const { random } = this;
    switch (action) {
      case 'commit':
        return this.#cluster.commit();
      case 'replicate':
        return this.#cluster.replicate();
      case 'answer':
        return this.#runTask();
      case 'linkUp':
        return this.#withEdge(
          (edge) => edge.log.canGoUp,
          (edge) => edge.log.goUp(),
        );
      case 'linkDown':
        return this.#withEdge(
          (edge) => edge.log.canComeDown,
          (edge) => edge.log.comeDown(),
        );
      case 'endTurn':
        return this.#withEdge(
          (edge) => edge.canEndTurn,
          (edge) => edge.endTurn(),
        );
      case 'socketSends':
        return this.#withConnection(
          (connection) => connection.canSend,
          (connection) => connection.send(),
        );
      case 'edgeReads':
        if (random.chance(this.#scenario.bursts)) return this.#edgeReadsAll();
        return this.#withConnection(
          (one) => one.canReachEdge,
          (one) => one.reachEdge(),
        );
      case 'clientReads':
        return this.#clientReads();
      case 'timePasses':
        return this.clock.fireSome(random);
      case 'faultsChange':
        return this.#changeFaults();
      case 'leaderChanges':
        return this.#cluster.changeLeader();
      case 'natsReconnects':
        return this.#withEdge(
          (edge) => edge.log.connected,
          (edge) => edge.log.reconnect(),
        );
      case 'edgeDies':
        return this.#withEdge(
          (edge) => edge.isAlive,
          (edge) => edge.kill(),
        );
      case 'edgeDrains':
        return this.#withEdge(
          (edge) => edge.accepts,
          (edge) => edge.drain(),
        );
      case 'edgeStarts':
        return this.#startEdges();
      case 'clientComes':
        return this.#newClient();
      case 'clientWishes':
        return this.#clientWishes();
      case 'connectionBreaks':
        return this.#breakConnection();
      case 'eventsAge':
        return this.#cluster.age();
      case 'tailIsLost':
        return this.#cluster.loseTail(random.below(6));
      case 'streamIsMadeAnew':
        return this.#cluster.makeAnew();
      case 'quorumToggles':
        return this.#cluster.toggleQuorum();
      default:
        return unreachable(action);
    }
  }

  #runTask(): boolean {
    const index = this.random.below(this.#tasks.length);
    const task = this.#tasks[index];
    const last = this.#tasks.pop();
    if (task === undefined || last === undefined) return false;
    if (last !== task) this.#tasks[index] = last;
    if (!task.process.alive) return false;
    this.trace?.(task.what);
    task.work();
    return true;
  }

  #clientReads(): boolean {
    const connection = this.#pick(this.#connections, (one) => one.canReachClient);
    if (connection === undefined) return false;
    for (const client of this.clients) {
      if (client.has(connection)) {
        client.receive(connection);
        return true;
      }
    }
    connection.takeForClient();
    return true;
  }

  /** One turn of an event loop may find something on every socket. */
  #edgeReadsAll(): boolean {
    const edge = this.#pick(this.#edges, (one) => one.isAlive);
    const readable = [...(edge?.connections ?? [])].filter((connection) => connection.canReachEdge);
    for (const connection of readable) connection.reachEdge();
    return readable.length > 0;
  }

  #changeFaults(): boolean {
    const { random, faults } = this;
    const { dropMax } = this.#scenario;
    const quiet = random.chance(0.5);
    faults.drop = quiet ? 0 : dropMax * random.next();
    faults.repeat = quiet ? 0 : dropMax * 0.3 * random.next();
    faults.readFailure = quiet ? 0 : 0.3 * random.next();
    return true;
  }

  #startEdges(): boolean {
    let started = false;
    for (const [slot, edge] of this.#edges.entries()) {
      if (edge.isAlive) continue;
      this.#edges[slot] = this.#newEdge();
      started = true;
    }
    return started;
  }

  #newClient(): boolean {
    if (this.clients.length >= this.#scenario.clients) return false;
    const user = this.random.pick(this.users);
    const stream = this.streamOf(user);
    const start = this.#drawStart(stream);
    const forged = typeof start === 'object' && start.epoch === stream.epoch && start.seq > stream.lastSeq;
    const reader: Reader = { name: `client ${this.clients.length}`, user, stream, forged, secondHand: true };
    const dial = (client: SimulatedClient, id: number, edge: number) => this.#dial(client, id, edge);
    this.clients.push(new SimulatedClient({ reader, start, edges: this.#edges.length, dial }, this));
    return true;
  }

  #drawStart({ epoch, lastSeq }: SimulatedStream): Start {
    const { random } = this;
    const kind = random.below(10);
    if (kind < 4) return 'latest';
    if (kind < 7) return 'earliest';
    if (kind === 7) return { epoch: 'other' as Epoch, seq: random.below(20) as Seq };
    if (kind === 8) return { epoch, seq: (lastSeq + 1 + random.below(5)) as Seq };
    return { epoch, seq: random.below(lastSeq + 1) as Seq };
  }

  #dial(client: SimulatedClient, id: number, slot: number): SimulatedConnection | undefined {
    const edge = this.#edges[slot];
    if (edge?.accepts !== true) return undefined;
    const { reader } = client;
    const newWitness = (start: Start) =>
      new WireWitness({ ...reader, name: `${reader.name}.${id}`, secondHand: false }, start);
    const connection = new SimulatedConnection({ id, user: reader.user, edge, newWitness }, this);
    edge.connections.add(connection);
    this.#connections.push(connection);
    return connection;
  }

  #clientWishes(): boolean {
    const { random } = this;
    if (this.clients.length === 0) return false;
    const client = random.pick(this.clients);
    const wish = random.pick(['reconnect', 'cut', 'hold', 'release', 'visible', 'close', 'restart'] as const);
    this.trace?.(`${client.reader.name} wishes ${wish}`);
    if (wish === 'restart') client.restart();
    else if (wish === 'hold' || wish === 'release') client.give({ kind: wish, reason: 'network' });
    else client.give({ kind: wish });
    if (wish === 'close') client.give({ kind: 'connect' });
    return true;
  }

  #breakConnection(): boolean {
    const connection = this.#pick(this.#connections, (one) => one.isOpenAtEdge);
    if (connection === undefined) return false;
    this.trace?.(`connection ${connection.id} of ${connection.user} breaks`);
    if (this.random.chance(0.7)) connection.cut();
    else connection.swallow();
    return true;
  }

  #newEdge(): SimulatedEdge {
    return new SimulatedEdge(`edge${this.#count++}`, this);
  }

  #withEdge(can: (edge: SimulatedEdge) => boolean, run: (edge: SimulatedEdge) => void): boolean {
    const edge = this.#pick(this.#edges, (one) => one.isAlive && can(one));
    if (edge === undefined) return false;
    run(edge);
    return true;
  }

  #withConnection(
    can: (connection: SimulatedConnection) => boolean,
    run: (connection: SimulatedConnection) => void,
  ): boolean {
    const connection = this.#pick(this.#connections, can);
    if (connection === undefined) return false;
    run(connection);
    if (connection.isGone) {
      this.#connections = this.#connections.filter((one) => one !== connection);
    }
    return true;
  }

  /** Some item that fits, beginning at a random place. */
  #pick<T>(items: readonly T[], fits: (item: T) => boolean): T | undefined {
    const start = this.random.below(items.length);
    for (let offset = 0; offset < items.length; offset++) {
      const item = items[(start + offset) % items.length];
      if (item !== undefined && fits(item)) return item;
    }
    return undefined;
  }
}

/** What goes on without anybody's doing and without time passing. */
const SELF_MOVING = [
  'linkUp',
  'linkDown',
  'endTurn',
  'answer',
  'edgeReads',
  'socketSends',
  'clientReads',
] as const satisfies readonly Step['action'][];
