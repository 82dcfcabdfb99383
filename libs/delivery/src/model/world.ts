import { type Epoch, type Seq, type UserId } from '@longspan/protocol';
import { ENTRY_OVERHEAD_BYTES } from '../entry.ts';
import type { Start } from '../session.ts';
import { ClientModel, Violation } from './client-model.ts';
import { EdgeModel } from './edge-model.ts';
import { LogModel } from './log-model.ts';
import { Random } from './random.ts';
import { drawScenario, type Scenario } from './scenario.ts';
import type { Faults, Surroundings } from './surroundings.ts';

interface Task {
  readonly what: string;
  readonly work: () => void;
}

/** Something that may happen next, and how readily it does. */
interface Happening {
  readonly weight: number;
  readonly happen: () => void;
}

const QUIET: Faults = { drop: 0, repeat: 0, readFailure: 0 };
/** An outbox of four entries or so. */
const LIMITS = { bytesMax: 4 * ENTRY_OVERHEAD_BYTES + 60, bytesLow: ENTRY_OVERHEAD_BYTES + 20 };
const REST_ROUNDS_MAX = 60;
const REST_TASKS_MAX = 3_000;
const TRACE_LINES = 80;

/** One run: a log, edges and clients, and a seeded scheduler that lets one thing after the other happen. */
export class World {
  readonly #random: Random;
  readonly #scenario: Scenario;
  readonly #log: LogModel;
  readonly #around: Surroundings;
  readonly #clients: ClientModel[] = [];
  readonly #faults: { -readonly [Name in keyof Faults]: Faults[Name] } = { ...QUIET };
  readonly #trace: string[] | undefined;
  #edges: EdgeModel[] = [];
  #tasks: Task[] = [];
  #count = 0;

  constructor(seed: number, traced: boolean, scenario?: Partial<Scenario>) {
    this.#random = new Random(seed);
    this.#scenario = { ...drawScenario(this.#random), ...scenario };
    const { users, keepPerUser, replicas, pageEventsMax } = this.#scenario;
    const names = ['ada', 'bob', 'cy'].slice(0, users) as UserId[];
    this.#log = new LogModel(names, keepPerUser, replicas);
    this.#trace = traced ? [JSON.stringify(this.#scenario)] : undefined;
    this.#around = {
      log: this.#log,
      random: this.#random,
      faults: this.#faults,
      limits: LIMITS,
      pageEventsMax,
      later: (what, work) => this.#tasks.push({ what, work }),
      trace: (line) => this.#trace?.push(line()),
    };
    for (let edge = 0; edge < this.#scenario.edges; edge++) this.#edges.push(this.#newEdge());
  }

  get trace(): readonly string[] {
    return this.#trace ?? [];
  }

  /** Lets everything happen, with faults, and then comes to rest without. Throws a `Violation` if a promise breaks. */
  run(): void {
    for (let step = 0; step < this.#scenario.steps; step++) this.#step();
    this.#comeToRest();
  }

  #step(): void {
    const happenings = this.#happenings();
    let point = this.#random.next() * happenings.reduce((sum, { weight }) => sum + weight, 0);
    for (const { weight, happen } of happenings) {
      point -= weight;
      if (point < 0) return happen();
    }
  }

  #happenings(): Happening[] {
    const { ages, rollsBack, isMadeAnew, losesQuorum, socketPace, replicaPace, clients } = this.#scenario;
    const all: Happening[] = [
      { weight: 12, happen: () => this.#commit() },
      { weight: replicaPace, happen: () => this.#advance() },
      { weight: this.#tasks.length === 0 ? 0 : 30, happen: () => this.#runTask() },
      { weight: 1, happen: () => this.#random.pick(this.#edges).askAll() },
      { weight: 0.6, happen: () => this.#setFaults() },
      { weight: 0.6, happen: () => this.#elect() },
      { weight: 0.3, happen: () => this.#random.pick(this.#edges).reconnect() },
      { weight: 0.2, happen: () => this.#killEdge() },
      { weight: this.#clients.length < clients ? 4 : 0, happen: () => this.#newClient() },
      { weight: 1.5, happen: () => this.#reconnectClient() },
      { weight: ages ? 3 : 0, happen: () => this.#age() },
      { weight: rollsBack ? 0.3 : 0, happen: () => this.#rollBack() },
      { weight: isMadeAnew ? 0.3 : 0, happen: () => this.#makeAnew() },
      { weight: losesQuorum ? 0.8 : 0, happen: () => this.#toggleQuorum() },
    ];
    for (const edge of this.#edges) {
      if (edge.link.canGoUp) all.push({ weight: 15, happen: () => edge.link.goUp() });
      if (edge.link.canComeDown) all.push({ weight: 20, happen: () => edge.comeDown() });
      if (edge.canStartRound) all.push({ weight: 5, happen: () => edge.startRound() });
    }
    for (const client of this.#clients) {
      if (client.connection?.session.canSend === true) {
        all.push({ weight: socketPace, happen: () => this.#send(client) });
      }
    }
    return all;
  }

  #commit(): void {
    const user = this.#random.pick(this.#log.users);
    if (this.#log.hasQuorum) for (let more = this.#random.below(4); more >= 0; more--) this.#commitOne(user);
  }

  #commitOne(user: UserId): void {
    const event = this.#log.commit(user);
    this.#note(() => `commit ${event.id} after ${event.prev}`);
    for (const edge of this.#edges) edge.republish(event);
  }

  #advance(): void {
    this.#log.advance(this.#random.below(this.#log.replicas.length), 1 + this.#random.below(5));
  }

  #runTask(): void {
    const index = this.#random.below(this.#tasks.length);
    const task = this.#tasks[index];
    const last = this.#tasks.pop();
    if (task === undefined || last === undefined) return;
    if (last !== task) this.#tasks[index] = last;
    this.#note(() => task.what);
    task.work();
  }

  #setFaults(): void {
    const { random } = this.#around;
    const { dropMax } = this.#scenario;
    const quiet = random.chance(0.5);
    this.#faults.drop = quiet ? 0 : dropMax * random.next();
    this.#faults.repeat = quiet ? 0 : dropMax * 0.3 * random.next();
    this.#faults.readFailure = quiet ? 0 : 0.3 * random.next();
  }

  #elect(): void {
    this.#log.elect(this.#random.below(this.#log.replicas.length));
    for (const edge of this.#edges) if (this.#random.chance(0.5)) edge.askAll();
  }

  #toggleQuorum(): void {
    this.#log.hasQuorum = !this.#log.hasQuorum;
    this.#note(() => `quorum: ${this.#log.hasQuorum}`);
  }

  /** Age takes nothing that an edge does not know it may take, that is under way, or that no round has covered. */
  #age(): void {
    const { random } = this.#around;
    if (random.chance(0.3)) this.#log.raiseAgeFloor((this.#log.lastSeq - random.below(8)) as Seq);
    let seq = this.#log.ageFloor;
    for (const edge of this.#edges) {
      seq = Math.min(seq, edge.link.hasComeDownTo) as Seq;
      for (const feed of edge.feeds) seq = Math.min(seq, feed.mayAgeTo) as Seq;
    }
    const replica = random.below(this.#log.replicas.length);
    this.#log.age(replica, seq);
    this.#note(() => `replica ${replica} ages to ${seq}`);
  }

  #rollBack(): void {
    const seq = Math.max(0, this.#log.lastSeq - this.#random.below(6)) as Seq;
    this.#log.rollBack(seq);
    this.#note(() => `rolled back to ${seq}`);
    for (const edge of this.#edges) edge.reconnect();
  }

  #makeAnew(): void {
    this.#log.makeAnew();
    this.#note(() => `made anew: ${this.#log.epoch}`);
    for (const edge of this.#edges) edge.reset();
  }

  #killEdge(): void {
    const index = this.#random.below(this.#edges.length);
    const edge = this.#edges[index];
    if (edge === undefined) return;
    for (const client of this.#clients) if (client.connection?.edge === edge) client.disconnect();
    edge.kill();
    this.#edges[index] = this.#newEdge();
  }

  #newClient(): void {
    const { random } = this.#around;
    const user = random.pick(this.#log.users);
    const client = new ClientModel(`c${this.#count++}`, user, this.#drawStart(), this.#log);
    this.#clients.push(client);
    this.#connect(client);
  }

  #drawStart(): Start {
    const { random } = this.#around;
    const { epoch, lastSeq } = this.#log;
    const kind = random.below(10);
    if (kind < 4) return 'latest';
    if (kind < 7) return 'earliest';
    if (kind === 7) return { epoch: 'other' as Epoch, seq: random.below(20) as Seq };
    if (kind === 8) return { epoch, seq: (lastSeq + 1 + random.below(5)) as Seq };
    return { epoch, seq: random.below(lastSeq + 1) as Seq };
  }

  #reconnectClient(): void {
    if (this.#clients.length === 0) return;
    const client = this.#random.pick(this.#clients);
    if (client.connection === undefined) this.#connect(client);
    else client.disconnect();
    this.#note(() => `${client.name} ${client.connection === undefined ? 'left' : 'came'}`);
  }

  #connect(client: ClientModel): void {
    client.connect(this.#random.pick(this.#edges), `${client.name}.${this.#count++}`);
  }

  #send(client: ClientModel): void {
    const frame = client.connection?.session.send();
    if (frame !== undefined) client.receive(frame);
  }

  #newEdge(): EdgeModel {
    return new EdgeModel(`edge${this.#count++}`, this.#around);
  }

  /** Ends all trouble and looks at every client at rest; then all come anew, to see that resuming changes nothing. */
  #comeToRest(): void {
    this.#note(() => 'comes to rest');
    Object.assign(this.#faults, QUIET);
    this.#log.hasQuorum = true;
    this.#log.elect(this.#log.leader);
    for (const client of this.#clients) if (client.connection === undefined) this.#connect(client);
    this.#rest();
    for (const client of this.#clients) client.disconnect();
    for (const client of this.#clients) this.#connect(client);
    this.#rest();
  }

  /** Lets periodic rounds run until nothing moves any more. */
  #rest(): void {
    for (let round = 0; round < REST_ROUNDS_MAX && !(round > 1 && this.#isAtRest()); round++) {
      for (let replica = 0; replica < this.#log.replicas.length; replica++) {
        this.#log.advance(replica, this.#log.lastSeq);
      }
      for (const edge of this.#edges) edge.askAll();
      this.#settle();
    }
    if (!this.#isAtRest()) throw new Violation('something is stuck');
    for (const client of this.#clients) client.checkAtRest();
  }

  #settle(): void {
    for (let left = REST_TASKS_MAX; left > 0; left--) {
      const edge = this.#edges.find((one) => one.canStartRound || one.link.canGoUp || one.link.canComeDown);
      const client = this.#clients.find((one) => one.connection?.session.canSend === true);
      if (edge?.canStartRound === true) edge.startRound();
      else if (edge?.link.canGoUp === true) edge.link.goUp();
      else if (edge?.link.canComeDown === true) edge.comeDown();
      else if (client !== undefined) this.#send(client);
      else if (this.#tasks.length > 0 && !this.#onlyAsksAgain(left)) this.#runTask();
      else return;
      for (let replica = 0; replica < this.#log.replicas.length; replica++) {
        this.#log.advance(replica, this.#log.lastSeq);
      }
    }
  }

  /** Machines that wait for the next round read again and again; some hundred times is enough. */
  #onlyAsksAgain(left: number): boolean {
    return left < REST_TASKS_MAX - 400 && this.#edges.every((edge) => edge.roundsRunning === 0);
  }

  #isAtRest(): boolean {
    return (
      this.#edges.every((edge) => edge.feeds.every((feed) => feed.settled)) &&
      this.#clients.every((client) => client.connection?.session.canSend !== true)
    );
  }

  #note(line: () => string): void {
    this.#trace?.push(line());
  }
}

/** Runs one seed. A broken promise is told with its seed and the last things that happened; undefined if all held. */
export function failureOf(seed: number, scenario?: Partial<Scenario>): string | undefined {
  try {
    new World(seed, false, scenario).run();
    return undefined;
  } catch (error) {
    const again = new World(seed, true, scenario);
    try {
      again.run();
    } catch {
      // The same failure once more, this time with its trace.
    }
    const [drawn, ...trace] = again.trace;
    const what = error instanceof Violation ? error.message : String((error as Error).stack);
    return [`SEED=${seed}: ${what}`, drawn, ...trace.slice(-TRACE_LINES)].join('\n');
  }
}
