import type { Seq, UserId } from '@longspan/protocol';
import type { SimulatedEdge } from './simulated-edge.ts';
import type { SimulatedStream } from './simulated-stream.ts';
import type { Surroundings } from './surroundings.ts';

/** What happens to the streams, and which edges hear of it. Each method is one step; false if it was not possible. */
export class SimulatedCluster {
  readonly #around: Surroundings;
  readonly #users: readonly UserId[];
  readonly #eventBytes: number;
  readonly #edges: () => readonly SimulatedEdge[];

  /** @param edges those that are alive. */
  constructor(
    around: Surroundings,
    parts: {
      readonly users: readonly UserId[];
      readonly eventBytes: number;
      readonly edges: () => readonly SimulatedEdge[];
    },
  ) {
    this.#around = around;
    this.#users = parts.users;
    this.#eventBytes = parts.eventBytes;
    this.#edges = parts.edges;
  }

  commit(): boolean {
    const { random, coverage, trace } = this.#around;
    const user = random.pick(this.#users);
    const stream = this.#around.streamOf(user);
    if (!stream.hasQuorum || !this.#isAnnounced(stream)) return false;
    for (let more = random.below(4); more >= 0; more--) {
      const event = stream.commit(user, this.#eventBytes);
      coverage.commits++;
      trace?.(`commit ${event.id} after ${event.prev}`);
      for (const edge of this.#edges()) edge.log.republish(event, stream.shard);
    }
    return true;
  }

  replicate(): boolean {
    const { random } = this.#around;
    const stream = this.#someStream();
    stream.advance(random.below(stream.replicas.length), 1 + random.below(5));
    return true;
  }

  changeLeader(): boolean {
    const { random, coverage } = this.#around;
    const stream = this.#someStream();
    stream.elect(random.below(stream.replicas.length));
    coverage.leaderChanges++;
    for (const edge of this.#edges()) if (random.chance(0.5)) edge.log.announceLeader(stream.shard);
    return true;
  }

  toggleQuorum(): boolean {
    const { coverage, trace } = this.#around;
    const stream = this.#someStream();
    if (!this.#isKnown(stream)) return false;
    stream.hasQuorum = !stream.hasQuorum;
    if (!stream.hasQuorum) coverage.quorumLosses++;
    trace?.(`quorum of ${stream.shard}: ${stream.hasQuorum}`);
    return true;
  }

  /** Age takes nothing that is under way, or that no round has covered. */
  age(): boolean {
    const { random, coverage, trace } = this.#around;
    const stream = this.#someStream();
    if (random.chance(0.3)) stream.raiseAgeFloor((stream.lastSeq - random.below(8)) as Seq);
    let seq = stream.ageFloor;
    for (const edge of this.#edges()) seq = Math.min(seq, edge.mayAgeTo(stream)) as Seq;
    const replica = random.below(stream.replicas.length);
    stream.age(replica, seq);
    coverage.expiries++;
    trace?.(`replica ${replica} ages to ${seq}`);
    return true;
  }

  loseTail(messages: number): boolean {
    const { coverage, trace } = this.#around;
    const stream = this.#someStream();
    const seq = Math.max(0, stream.lastSeq - messages) as Seq;
    stream.rollBack(seq);
    coverage.rollbacks++;
    trace?.(`rolled back to ${seq}`);
    for (const edge of this.#edges()) edge.log.reconnect();
    return true;
  }

  makeAnew(): boolean {
    const { coverage, trace } = this.#around;
    const stream = this.#someStream();
    if (!stream.hasQuorum || !this.#isKnown(stream)) return false;
    stream.makeAnew();
    coverage.madeAnew++;
    trace?.(`made anew: ${stream.epoch}`);
    for (const edge of this.#edges()) edge.log.announceCreation(stream.shard);
    return true;
  }

  /**
   * Whether every edge has learnt which stream this is. One that is made anew and loses its quorum before that cannot
   * be told from the old one: that is outside the fault model.
   */
  #isKnown({ shard, epoch }: SimulatedStream): boolean {
    return this.#edges().every((edge) => edge.log.stateOf(shard).epoch === epoch);
  }

  /** A stream that was made anew holds nothing before who is connected has heard of it: its leader says so first. */
  #isAnnounced({ shard }: SimulatedStream): boolean {
    return !this.#edges().some((edge) => edge.log.awaitsCreation(shard));
  }

  #someStream(): SimulatedStream {
    return this.#around.random.pick(this.#around.streams);
  }
}
