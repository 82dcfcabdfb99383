import type { UserId } from '@longspan/protocol';
import { SEQ_ZERO, unreachable } from '@longspan/protocol';
import type { Standing } from '../feed.ts';
import { startRound, stepRound, type RoundInput, type RoundStep } from '../round.ts';
import type { Start } from '../session.ts';
import { FeedModel } from './feed-model.ts';
import { LinkModel } from './link-model.ts';
import type { ModelEvent } from './log-model.ts';
import { SessionModel } from './session-model.ts';
import type { Surroundings } from './surroundings.ts';

/** Rounds that may be under way at once. */
const ROUNDS_MAX = 4;

/** An edge: feeds, sessions and sync rounds, wired as the edge's shell wires them. */
export class EdgeModel {
  readonly name: string;
  readonly link: LinkModel;
  readonly #around: Surroundings;
  readonly #feeds = new Map<UserId, FeedModel>();
  readonly #asked = new Set<UserId>();
  #rounds = 0;
  #running = 0;
  #dead = false;

  constructor(name: string, around: Surroundings) {
    this.name = name;
    this.#around = around;
    this.link = new LinkModel(around);
  }

  get feeds(): readonly FeedModel[] {
    return [...this.#feeds.values()];
  }

  get canStartRound(): boolean {
    return this.#asked.size > 0 && this.#running < ROUNDS_MAX;
  }

  get roundsRunning(): number {
    return this.#running;
  }

  attach(user: UserId, name: string, start: Start): SessionModel {
    const feed = this.#feedOf(user);
    const session = new SessionModel(name, this.#rounds + 1, feed, start, this.#around);
    feed.sessions.add(session);
    this.#asked.add(user);
    return session;
  }

  detach(session: SessionModel): void {
    session.close();
    const { feed } = session;
    if (!feed.sessions.delete(session) || feed.sessions.size > 0) return;
    this.#feeds.delete(feed.user);
    this.link.unsubscribe(feed.user);
  }

  /** Whatever it still does, nobody sees it. */
  kill(): void {
    this.#dead = true;
    for (const feed of this.#feeds.values()) for (const session of feed.sessions) session.close();
    this.#feeds.clear();
  }

  askAll(): void {
    for (const user of this.#feeds.keys()) this.#asked.add(user);
  }

  reconnect(): void {
    this.link.reconnect(this.#feeds.keys());
    this.askAll();
  }

  /** The edge learns that the stream was made anew, after the last that the old one sent. */
  reset(): void {
    while (this.link.canComeDown) this.comeDown();
    for (const feed of this.#feeds.values()) feed.reset();
    this.askAll();
  }

  comeDown(): void {
    this.link.comeDown((user, event) => this.#feeds.get(user)?.live(event));
  }

  republish(event: ModelEvent): void {
    this.link.republish(event);
  }

  startRound(): void {
    const users = [...this.#asked].filter((user) => this.#feeds.has(user));
    this.#asked.clear();
    if (users.length === 0) return;
    this.#running++;
    const round = new RoundModel(++this.#rounds, users, this.#standings(users), this.#around);
    round.run(this.link, (outcome) => {
      this.#running--;
      if (this.#dead) return;
      if (outcome.type === 'confirmed') this.#confirm(round, outcome);
      else this.#fail(round);
    });
  }

  #standings(users: readonly UserId[]): Map<FeedModel, Standing> {
    const standings = new Map<FeedModel, Standing>();
    for (const user of users) {
      const feed = this.#feeds.get(user);
      if (feed !== undefined) standings.set(feed, feed.standing);
    }
    return standings;
  }

  #confirm(round: RoundModel, { barrier, heads }: Extract<Outcome, { type: 'confirmed' }>): void {
    if (round.epoch !== this.#around.log.epoch) return this.askAll();
    for (const [feed, standing] of round.standings) {
      if (this.#feeds.get(feed.user) !== feed) continue;
      const head = heads.lastOf.get(feed.user) ?? SEQ_ZERO;
      feed.confirmed(round.number, { barrier, head }, standing, heads);
    }
  }

  #fail(round: RoundModel): void {
    const { log, random } = this.#around;
    const waiting = round.users.filter((user) => this.#feeds.get(user)?.waitsForRound === true);
    for (const user of waiting) this.#asked.add(user);
    const replica = random.below(log.replicas.length);
    const { line } = log;
    const heads = log.heads(replica, waiting);
    const release = log.holdAgeFloor();
    this.#around.later('heads without a round', () => {
      if (log.line === line) {
        for (const user of waiting) this.#feeds.get(user)?.unconfirmed(round.number, heads);
      }
      release();
    });
  }

  #feedOf(user: UserId): FeedModel {
    const known = this.#feeds.get(user);
    if (known !== undefined) return known;
    const feed = new FeedModel(user, this.link.hasComeDownTo, this.#around);
    this.#feeds.set(user, feed);
    this.link.subscribe(user);
    return feed;
  }
}

type Outcome = Extract<RoundStep['effects'][number], { type: 'confirmed' | 'failed' }>;

/** Runs one sync round. */
class RoundModel {
  readonly number: number;
  readonly users: readonly UserId[];
  readonly standings: ReadonlyMap<FeedModel, Standing>;
  readonly epoch: string;
  readonly #around: Surroundings;

  constructor(
    number: number,
    users: readonly UserId[],
    standings: ReadonlyMap<FeedModel, Standing>,
    around: Surroundings,
  ) {
    this.number = number;
    this.users = users;
    this.standings = standings;
    this.epoch = around.log.epoch;
    this.#around = around;
  }

  run(link: LinkModel, done: (outcome: Outcome) => void): void {
    const go = (step: RoundStep): void => {
      const effect = step.effects[0];
      if (effect === undefined) throw new Error('a round that goes nowhere');
      const next = (input: RoundInput): void => go(stepRound(step.round, input));
      switch (effect.type) {
        case 'pass':
          return link.barrier((barrier) =>
            next(barrier === undefined ? { type: 'not_passed' } : { type: 'passed', barrier }),
          );
        case 'look':
          return this.#look(next);
        case 'confirmed':
        case 'failed':
          this.#around.trace(() => `round ${this.number} ${JSON.stringify(effect)}`);
          return done(effect);
        default:
          return unreachable(effect);
      }
    };
    go(startRound(this.users));
  }

  #look(next: (input: RoundInput) => void): void {
    const { log, random, faults } = this.#around;
    this.#around.later(`look ${this.number}`, () => {
      const { line, epoch } = log;
      const failed = random.chance(faults.readFailure);
      const heads = log.heads(random.below(log.replicas.length), this.users);
      const release = log.holdAgeFloor();
      this.#around.later(`looked ${this.number}`, () => {
        const lost = log.line !== line && log.epoch === epoch;
        next(failed || lost ? { type: 'look_failed' } : { type: 'looked', heads });
        release();
      });
    });
  }
}
