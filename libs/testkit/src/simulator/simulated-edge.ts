import { Hub, type Scheduler, type SessionHost, type Start } from '@longspan/delivery';
import { SEQ_ZERO, type Seq, type UserId } from '@longspan/protocol';
import { HEARTBEAT_MS, type EdgeEnd, type SimulatedConnection } from './simulated-connection.ts';
import type { Process } from './simulated-clock.ts';
import { SimulatedLog } from './simulated-log.ts';
import type { SimulatedStream } from './simulated-stream.ts';
import type { Surroundings } from './surroundings.ts';

const SYNC_INTERVAL_MS = 2_000;
/** So many turns that even one user, alone, has its place somewhere in the interval. */
const USERS_A_TURN = 0.25;
const DRAIN_MS = 1_000;

/** One edge: the real hub over a simulated log, with simulated time, chance and sockets. */
export class SimulatedEdge implements EdgeEnd {
  readonly name: string;
  readonly log: SimulatedLog;
  readonly connections = new Set<SimulatedConnection>();
  readonly #around: Surroundings;
  readonly #process: Process = { alive: true };
  readonly #hub: Hub;
  #turn: (() => void)[] = [];
  #draining = false;

  constructor(name: string, around: Surroundings) {
    this.name = name;
    this.#around = around;
    this.log = new SimulatedLog(this.#process, around);
    const scheduler = this.#scheduler();
    this.#hub = new Hub({
      log: this.log,
      scheduler,
      outbox: around.limits,
      syncIntervalMs: SYNC_INTERVAL_MS,
      usersATurn: USERS_A_TURN,
    });
    scheduler.every(HEARTBEAT_MS, () => {
      for (const connection of this.connections) connection.beat();
    });
  }

  get isAlive(): boolean {
    return this.#process.alive;
  }

  get accepts(): boolean {
    return this.#process.alive && !this.#draining;
  }

  get canEndTurn(): boolean {
    return this.#turn.length > 0;
  }

  /** The event loop has done what came in, and does what was put off to the end of the turn. */
  endTurn(): void {
    const turn = this.#turn;
    this.#turn = [];
    for (const work of turn) work();
    this.#around.settled();
  }

  attach(connection: SimulatedConnection, user: UserId, start: Start): SessionHost {
    return this.#hub.attach(user, `${this.name}.${connection.id}`, start, connection);
  }

  detach(user: UserId, session: SessionHost): void {
    this.#hub.detach(user, session);
  }

  /** The process is gone, whatever it was doing. */
  kill(): void {
    this.#around.coverage.edgeKills++;
    this.#die();
  }

  /** Sends everybody away, and ends. */
  drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    this.#around.coverage.edgeDrains++;
    for (const connection of this.connections)
      if (connection.session !== undefined) connection.drain(DRAIN_MS);
    this.#around.clock.after(this.#process, 2 * DRAIN_MS, () => {
      for (const connection of this.connections) if (connection.isOpenAtEdge) connection.close('draining');
      void this.#hub[Symbol.asyncDispose]();
      this.#die();
    });
  }

  /**
   * Up to where age may discard without breaking its word: events last longer than a join takes and than rounds are
   * apart, so age takes nothing that is still to come down, nor what no round of a feed here has covered.
   */
  mayAgeTo(stream: SimulatedStream): Seq {
    let seq = this.log.hasComeDownTo(stream.shard);
    for (const { user, session } of this.connections) {
      if (session === undefined || this.#around.streamOf(user) !== stream) continue;
      const { epoch, confirmed } = session.feed.view();
      const joining = confirmed.barrier === SEQ_ZERO;
      const covered = joining ? this.log.subscribedSince(user) : { epoch, seq: confirmed.barrier };
      seq = Math.min(seq, covered?.epoch === stream.epoch ? covered.seq : SEQ_ZERO) as Seq;
    }
    return seq;
  }

  #die(): void {
    this.#process.alive = false;
    this.#turn = [];
    for (const connection of this.connections) connection.edgeDied();
    this.connections.clear();
  }

  #scheduler(): Scheduler {
    const around = this.#around;
    return {
      endOfTurn: (work) => void this.#turn.push(work),
      pause: (ms) =>
        new Promise((resolve) => {
          around.clock.after(this.#process, ms, () => {
            around.settled();
            resolve();
          });
        }),
      every: (ms, work) => {
        const timer = {
          at: around.clock.now + ms,
          process: this.#process,
          work: () => {
            timer.at = around.clock.now + ms;
            work();
          },
        };
        around.clock.set(timer);
        return { [Symbol.dispose]: () => void (timer.at = Infinity) };
      },
      random: () => around.random.next(),
    };
  }
}
