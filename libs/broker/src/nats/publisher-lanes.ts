import { errors, type NatsConnection, type Status, type Subscription } from '@nats-io/transport-node';
import { SEQ_ZERO, type Seq } from '@longspan/protocol';
import { BrokerError } from '../errors.ts';
import type { Answer } from '../publish/answer.ts';
import {
  startFlight,
  stepFlight,
  type Flight,
  type FlightInput,
  type Moment,
  type Place,
  type Step,
} from '../publish/flight.ts';
import {
  callsInNextGroup,
  layOut,
  placesOf,
  type CallContent,
  type GroupLimits,
  type Manifest,
} from '../publish/group.ts';
import { measured, PACE_AT_START, passedOver, type Pace } from '../publish/pace.ts';
import { AckInbox, type ReplyAddress } from './ack-inbox.ts';
import { putOnWire, type Destination } from './publisher-wire.ts';

export interface LanesOptions {
  readonly batches: boolean;
  /** The prefix of reply subjects, where permissions ask for one of its own. */
  readonly inboxPrefix: string | undefined;
  /** A stream's sequences have gone back: it was made anew, or rolled back. Told before the call that showed it settles. */
  readonly onWentBack?: (stream: string) => void;
}

/** The most messages in one group: JetStream's limit for an atomic batch. */
export const GROUP_MESSAGES_MAX = 1_000;
/** The most bytes in one group, and in one call: the server holds a batch in memory until its commit. */
export const GROUP_BYTES_MAX = 8 * 1024 * 1024;
/** The most messages and bytes under way at once; the rest waits here, where it can be counted. */
const WINDOW_MESSAGES = 4_096;
const WINDOW_BYTES = 16 * 1024 * 1024;
/** The most bytes that wait, in all and for one user; beyond it calls are turned away. */
const QUEUE_BYTES_MAX = 64 * 1024 * 1024;
const LANE_BYTES_MAX = 16 * 1024 * 1024;
const TICK_MS = 25;
const LEADER_ELECTED_PREFIX = '$JS.EVENT.ADVISORY.STREAM.LEADER_ELECTED.';

interface Call extends CallContent {
  readonly deadlineMs: number;
  readonly resolve: (places: Place[]) => void;
  readonly reject: (error: BrokerError) => void;
  /** Its caller has been told. Its messages stay with their group, so that later ones do not overtake them. */
  settled: boolean;
}

interface StreamFacts {
  readonly name: string;
  pace: Pace;
  /** The last sequence seen committed. */
  lastSeq: Seq;
}

interface Group {
  readonly number: number;
  readonly lane: Lane;
  readonly calls: readonly Call[];
  readonly manifest: Manifest;
  readonly bytes: number;
  readonly startedMs: number;
  flight: Flight;
}

interface Lane {
  readonly to: Destination;
  readonly stream: StreamFacts;
  queue: Call[];
  queuedBytes: number;
  /** So many of the next calls go alone, to find the one that the log refuses. */
  alone: number;
  group: Group | undefined;
  ready: boolean;
}

/**
 * Lanes into the log: what is submitted to one subject commits in the order of submission (G6), subjects do not wait
 * for each other. One group is under way per lane, and what comes meanwhile goes as the next (group commit).
 * This is the shell: it keeps the queues and the clock; `publish/flight.ts` knows what to do.
 */
export class PublisherLanes implements AsyncDisposable {
  readonly #nc: NatsConnection;
  readonly #options: LanesOptions;
  readonly #limits: GroupLimits;
  readonly #inbox: AckInbox;
  readonly #lanes = new Map<string, Lane>();
  readonly #streams = new Map<string, StreamFacts>();
  readonly #groups = new Map<number, Group>();
  readonly #elections: Subscription[] = [];
  #ready: Lane[] = [];
  #nextNumber = 1;
  #queuedBytes = 0;
  #windowMessages = 0;
  #windowBytes = 0;
  #earliestDeadlineMs = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #connected = true;
  #state: 'open' | 'draining' | 'closed' = 'open';
  #drained: PromiseWithResolvers<void> | undefined;

  constructor(nc: NatsConnection, options: LanesOptions) {
    this.#nc = nc;
    this.#options = options;
    this.#limits = { messages: GROUP_MESSAGES_MAX, bytes: GROUP_BYTES_MAX, batches: options.batches };
    this.#inbox = new AckInbox(nc, options.inboxPrefix, (to, answer) => this.#onAnswer(to, answer));
    void this.#watch();
  }

  /** Resolves to where the messages are, in their order. Rejects with a `BrokerError`. */
  submit(to: Destination, content: CallContent, budgetMs: number): Promise<Place[]> {
    if (this.#state !== 'open') return Promise.reject(new BrokerError('closed', 'the publisher is closed'));
    const lane = this.#laneTo(to);
    if (
      this.#queuedBytes + content.bytes > QUEUE_BYTES_MAX ||
      lane.queuedBytes + content.bytes > LANE_BYTES_MAX
    ) {
      this.#forgetIfIdle(lane);
      return Promise.reject(new BrokerError('no_quorum', 'too much waits to be published already'));
    }
    return new Promise((resolve, reject) => {
      const deadlineMs = performance.now() + budgetMs;
      lane.queue.push({ ...content, deadlineMs, resolve, reject, settled: false });
      lane.queuedBytes += content.bytes;
      this.#queuedBytes += content.bytes;
      this.#earliestDeadlineMs = Math.min(this.#earliestDeadlineMs, deadlineMs);
      this.#timer ??= setInterval(() => this.#tick(), TICK_MS);
      this.#markReady(lane);
      this.#pump();
    });
  }

  /** Turns new calls away, waits for those under way to settle, and lets go of the connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === 'open') this.#state = 'draining';
    if (this.#lanes.size > 0) {
      this.#drained ??= Promise.withResolvers<void>();
      await this.#drained.promise;
    }
    this.#close();
  }

  #laneTo(to: Destination): Lane {
    const known = this.#lanes.get(to.subject);
    if (known !== undefined) return known;
    const stream = this.#streams.get(to.stream) ?? this.#meet(to.stream);
    const lane = { to, stream, queue: [], queuedBytes: 0, alone: 0, group: undefined, ready: false };
    this.#lanes.set(to.subject, lane);
    return lane;
  }

  #meet(name: string): StreamFacts {
    const stream = { name, pace: PACE_AT_START, lastSeq: SEQ_ZERO };
    this.#streams.set(name, stream);
    this.#subscribeToElections(stream);
    return stream;
  }

  #markReady(lane: Lane): void {
    if (lane.ready || lane.group !== undefined || lane.queue.length === 0) return;
    lane.ready = true;
    this.#ready.push(lane);
  }

  /** Starts what is ready, in turn, as far as the window lets it. */
  #pump(): void {
    if (!this.#connected) return;
    let started = 0;
    for (const lane of this.#ready) {
      if (
        this.#groups.size > 0 &&
        (this.#windowMessages >= WINDOW_MESSAGES || this.#windowBytes >= WINDOW_BYTES)
      )
        break;
      started += 1;
      lane.ready = false;
      if (lane.queue.length > 0) this.#start(lane);
    }
    this.#ready = started === this.#ready.length ? [] : this.#ready.slice(started);
  }

  #start(lane: Lane): void {
    const count = callsInNextGroup(lane.queue, this.#limits, lane.stream.pace, lane.alone > 0);
    if (count < lane.queue.length) lane.stream.pace = passedOver(lane.stream.pace);
    if (lane.alone > 0) lane.alone -= 1;
    const calls = lane.queue.splice(0, count);
    const manifest = layOut(calls);
    const bytes = calls.reduce((sum, call) => sum + call.bytes, 0);
    lane.queuedBytes -= bytes;
    const moment = now();
    const { flight, effect } = startFlight(manifest.messages.length, lane.stream.lastSeq, moment);
    const group: Group = {
      number: this.#nextNumber++,
      lane,
      calls,
      manifest,
      bytes,
      startedMs: moment.nowMs,
      flight,
    };
    lane.group = group;
    this.#groups.set(group.number, group);
    this.#windowMessages += manifest.messages.length;
    this.#windowBytes += bytes;
    this.#carryOut(group, { flight, effect });
  }

  #onAnswer({ flight, attempt, message }: ReplyAddress, answer: Answer): void {
    const group = this.#groups.get(flight);
    if (group === undefined) return;
    this.#step(group, { type: 'answer', attempt, message, answer });
    this.#pump();
  }

  #step(group: Group, input: FlightInput): void {
    this.#carryOut(group, stepFlight(group.flight, input, now()));
  }

  #carryOut(group: Group, { flight, effect }: Step): void {
    group.flight = flight;
    if (effect !== undefined) {
      try {
        putOnWire(this.#nc, this.#inbox, group.lane.to, group.number, group.manifest.messages, effect);
      } catch (error) {
        const answer: Answer = {
          kind: 'refused',
          code: error instanceof errors.InvalidArgumentError ? 'too_big' : 'closed',
          why: error instanceof Error ? error.message : String(error),
        };
        this.#step(group, { type: 'answer', attempt: flight.attempt, message: 0, answer });
      }
      return;
    }
    if (flight.kind === 'placed') this.#placed(group, flight.places);
    if (flight.kind === 'refused') this.#refused(group, new BrokerError(flight.code, flight.why));
  }

  #placed(group: Group, places: readonly (Place | undefined)[]): void {
    const { stream, to } = group.lane;
    if (group.flight.attempt === 1) {
      stream.pace = measured(stream.pace, places.length, performance.now() - group.startedMs);
    }
    const fresh = places.filter((place) => place?.duplicate === false);
    const [first, last] = [fresh[0], fresh.at(-1)];
    if (first !== undefined && last !== undefined) {
      if (first.seq <= stream.lastSeq) this.#options.onWentBack?.(to.stream);
      stream.lastSeq = last.seq;
    }
    for (const [i, call] of group.calls.entries()) {
      this.#settle(call, () => call.resolve(placesOf(group.manifest.slots[i] ?? [], places)));
    }
    this.#end(group);
  }

  #refused(group: Group, error: BrokerError): void {
    const { lane, calls } = group;
    if (calls.length > 1 && error.code !== 'closed') {
      // One of them is to blame: each goes alone now, still in order.
      lane.queue.unshift(...calls);
      lane.queuedBytes += group.bytes;
      this.#queuedBytes += group.bytes;
      lane.alone = calls.length;
    } else {
      for (const call of calls) this.#settle(call, () => call.reject(error));
    }
    this.#end(group);
  }

  #end(group: Group): void {
    const { lane } = group;
    this.#groups.delete(group.number);
    this.#windowMessages -= group.manifest.messages.length;
    this.#windowBytes -= group.bytes;
    this.#queuedBytes -= group.bytes;
    lane.group = undefined;
    this.#markReady(lane);
    this.#forgetIfIdle(lane);
  }

  #forgetIfIdle(lane: Lane): void {
    if (lane.group !== undefined || lane.queue.length > 0) return;
    this.#lanes.delete(lane.to.subject);
    if (this.#lanes.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#drained?.resolve();
  }

  #settle(call: Call, tell: () => void): void {
    if (call.settled) return;
    call.settled = true;
    tell();
  }

  #tick(): void {
    const { nowMs } = now();
    if (nowMs >= this.#earliestDeadlineMs) this.#expire(nowMs);
    if (this.#connected) for (const group of this.#groups.values()) this.#step(group, { type: 'tick' });
    this.#pump();
  }

  /** Tells those whose budget is used up. A group goes on for the sake of the others in it. */
  #expire(nowMs: number): void {
    let earliest = Number.POSITIVE_INFINITY;
    for (const lane of this.#lanes.values()) {
      const { group } = lane;
      for (const call of [...(group?.calls ?? []), ...lane.queue]) {
        if (call.settled) continue;
        if (call.deadlineMs > nowMs) earliest = Math.min(earliest, call.deadlineMs);
        else this.#settle(call, () => call.reject(this.#outOfTime(group?.flight)));
      }
      const kept = lane.queue.filter((call) => !call.settled);
      const dropped = lane.queue.reduce((sum, call) => sum + (call.settled ? call.bytes : 0), 0);
      lane.queue = kept;
      lane.queuedBytes -= dropped;
      this.#queuedBytes -= dropped;
      if (group?.calls.every((call) => call.settled)) this.#end(group);
      else this.#forgetIfIdle(lane);
    }
    this.#earliestDeadlineMs = earliest;
  }

  #outOfTime(flight: Flight | undefined): BrokerError {
    const why = this.#connected ? (flight?.kind === 'waiting' ? flight.why : 'no answer') : 'no connection';
    return new BrokerError('no_quorum', `not known to be committed within the budget: ${why}`);
  }

  async #watch(): Promise<void> {
    for await (const status of this.#nc.status()) this.#onStatus(status);
    this.#close();
  }

  #onStatus(status: Status): void {
    if (status.type === 'disconnect') this.#connected = false;
    if (status.type === 'reconnect') {
      this.#connected = true;
      for (const group of this.#groups.values()) this.#step(group, { type: 'resend' });
      this.#pump();
    }
    if (status.type === 'error' && status.error instanceof errors.PermissionViolationError) {
      this.#onForbidden(status.error);
    }
  }

  /**
   * A leader that steps down drops what it has not proposed yet, and nobody answers for it: without this, a planned
   * restart of a server would cost its publishers an attempt's timeout. Without the permission, it does.
   */
  #subscribeToElections(stream: StreamFacts): void {
    const subscription = this.#nc.subscribe(`${LEADER_ELECTED_PREFIX}${stream.name}`, {
      callback: (error) => {
        if (error !== null) return;
        for (const group of this.#groups.values()) {
          if (group.lane.stream === stream) this.#step(group, { type: 'resend' });
        }
        this.#pump();
      },
    });
    this.#elections.push(subscription);
  }

  /** The server does not answer a publish that it forbids: it tells the connection. */
  #onForbidden(error: InstanceType<typeof errors.PermissionViolationError>): void {
    const group = error.operation === 'publish' ? this.#lanes.get(error.subject)?.group : undefined;
    if (group === undefined) return;
    const answer: Answer = { kind: 'refused', code: 'refused', why: error.message };
    this.#step(group, { type: 'answer', attempt: group.flight.attempt, message: 0, answer });
    this.#pump();
  }

  #close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    clearInterval(this.#timer);
    const error = new BrokerError('closed', 'the connection to NATS was closed');
    for (const lane of this.#lanes.values()) {
      for (const call of [...(lane.group?.calls ?? []), ...lane.queue])
        this.#settle(call, () => call.reject(error));
    }
    this.#lanes.clear();
    this.#groups.clear();
    this.#drained?.resolve();
    if (this.#nc.isClosed()) return;
    this.#inbox[Symbol.dispose]();
    for (const subscription of this.#elections) subscription.unsubscribe();
  }
}

function now(): Moment {
  return { nowMs: performance.now(), random: Math.random() };
}
