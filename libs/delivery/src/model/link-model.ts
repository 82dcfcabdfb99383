import type { LiveEvent } from '@longspan/broker';
import type { Seq, UserId } from '@longspan/protocol';
import { liveEventOf, type ModelEvent } from './log-model.ts';
import type { Surroundings } from './surroundings.ts';

type Upward =
  | { readonly type: 'subscribe'; readonly user: UserId }
  | { readonly type: 'unsubscribe'; readonly user: UserId }
  | { readonly type: 'barrier'; readonly token: number };

type Downward =
  | { readonly type: 'event'; readonly user: UserId; readonly event: LiveEvent }
  | { readonly type: 'barrier'; readonly token: number; readonly seq: Seq };

/**
 * An edge's connection to the log: what goes up arrives in order, what comes down arrives in order, with losses and
 * repeats. A subscription is in force when the log has read it, and not before.
 */
export class LinkModel {
  readonly #around: Surroundings;
  readonly #interest = new Set<UserId>();
  readonly #pending = new Map<number, (seq: Seq | undefined) => void>();
  #up: Upward[] = [];
  #down: Downward[] = [];
  #tokens = 0;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  get canGoUp(): boolean {
    return this.#up.length > 0;
  }

  get canComeDown(): boolean {
    return this.#down.length > 0;
  }

  /** Everything that is still to come down was committed after this. */
  get hasComeDownTo(): Seq {
    const seqs = this.#down.map(
      (message) => (message.type === 'event' ? message.event.seq : message.seq) - 1,
    );
    return Math.min(this.#around.log.lastSeq, ...seqs) as Seq;
  }

  subscribe(user: UserId): void {
    this.#up.push({ type: 'subscribe', user });
  }

  unsubscribe(user: UserId): void {
    this.#up.push({ type: 'unsubscribe', user });
  }

  /** Calls back with the barrier's sequence when it has come back, or with undefined if it does not. */
  barrier(done: (seq: Seq | undefined) => void): void {
    const token = this.#tokens++;
    this.#pending.set(token, done);
    this.#up.push({ type: 'barrier', token });
  }

  /** The log republishes an event. */
  republish(event: ModelEvent): void {
    if (!this.#interest.has(event.user)) return;
    const { random, faults } = this.#around;
    const message: Downward = { type: 'event', user: event.user, event: liveEventOf(event) };
    if (!random.chance(faults.drop)) this.#down.push(message);
    if (!random.chance(faults.repeat)) return;
    // A new leader may say once more what the old one said before.
    const again = random.pick(this.#down.length === 0 ? [message] : this.#down);
    if (again.type === 'event') this.#down.push(again);
  }

  /** The log reads the next thing that this edge sent. */
  goUp(): void {
    const message = this.#up.shift();
    const { log, random, faults } = this.#around;
    if (message?.type === 'subscribe') this.#interest.add(message.user);
    if (message?.type === 'unsubscribe') this.#interest.delete(message.user);
    if (message?.type !== 'barrier') return;
    const lost = !log.hasQuorum || random.chance(faults.drop);
    if (log.hasQuorum) {
      const seq = log.commitBarrier();
      if (!lost) this.#down.push({ ...message, seq });
    }
    if (lost) this.#around.later('barrier times out', () => this.#settle(message.token, undefined));
  }

  /** The edge reads the next thing that the log sent. */
  comeDown(onEvent: (user: UserId, event: LiveEvent) => void): void {
    const message = this.#down.shift();
    if (message?.type === 'event') onEvent(message.user, message.event);
    if (message?.type === 'barrier') this.#settle(message.token, message.seq);
  }

  /** The connection breaks and comes back: what was under way is lost, and the edge subscribes anew. */
  reconnect(users: Iterable<UserId>): void {
    this.#up = [];
    this.#down = [];
    this.#interest.clear();
    for (const user of users) this.subscribe(user);
    for (const token of this.#pending.keys()) this.#settle(token, undefined);
  }

  #settle(token: number, seq: Seq | undefined): void {
    const done = this.#pending.get(token);
    this.#pending.delete(token);
    done?.(seq);
  }
}
