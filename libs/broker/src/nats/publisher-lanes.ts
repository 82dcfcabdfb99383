import { errors, type NatsConnection, type Status, type Subscription } from '@nats-io/transport-node';
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
import { placesOf, type CallContent } from '../publish/group.ts';
import { Lanes, type Call, type Group } from '../publish/lanes.ts';
import { AckInbox, type ReplyAddress } from './ack-inbox.ts';
import { CUT_OFF_MS, goToAnotherServer } from './cut-off.ts';
import { putOnWire } from './publisher-wire.ts';

export interface LanesOptions {
  /** Whether the streams take atomic batches; without, every call is of one message. */
  readonly batches: boolean;
  readonly contentType: string;
  /** A stream's sequences have gone back: it was made anew, or rolled back. Told before the call that showed it settles. */
  readonly onWentBack?: (stream: string) => void;
  /** A group is sent once more, since nobody answered for it or it could not be taken. */
  readonly onSentAgain?: () => void;
}

/** The clock of everything under way: deadlines and pauses are that coarse. It runs only while something is. */
const TICK_MS = 25;
const LEADER_ELECTED_PREFIX = '$JS.EVENT.ADVISORY.STREAM.LEADER_ELECTED.';

interface PendingCall extends Call {
  readonly resolve: (places: Place[]) => void;
  readonly reject: (error: BrokerError) => void;
}

/**
 * Lanes into the log: what is submitted to one subject commits in the order of submission (G6), subjects do not wait
 * for each other. This is the shell, with the connection and the clock: `publish/lanes.ts` knows who goes next, and
 * `publish/flight.ts` what to do for a group until it is in the log.
 */
export class PublisherLanes implements AsyncDisposable {
  readonly #nc: NatsConnection;
  readonly #options: LanesOptions;
  readonly #lanes: Lanes<PendingCall>;
  readonly #inbox: AckInbox;
  readonly #flights = new Map<number, { readonly group: Group<PendingCall>; flight: Flight }>();
  readonly #elections = new Map<string, Subscription>();
  #earliestDeadlineMs = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #progressMs = 0;
  #connected = true;
  #pumpIsDue = false;
  #state: 'open' | 'draining' | 'closed' = 'open';
  #drained: PromiseWithResolvers<void> | undefined;

  constructor(nc: NatsConnection, options: LanesOptions) {
    this.#nc = nc;
    this.#options = options;
    this.#lanes = new Lanes(options.batches);
    this.#inbox = new AckInbox(nc, (to, answer) => this.#onAnswer(to, answer));
    void this.#watch();
  }

  /** Resolves to where the messages, all of one subject, are, in their order. Rejects with a `BrokerError`. */
  submit(stream: string, subject: string, content: CallContent, budgetMs: number): Promise<Place[]> {
    if (this.#state !== 'open') return Promise.reject(new BrokerError('closed', 'the publisher is closed'));
    if (!this.#lanes.hasRoomFor(subject, content.bytes)) {
      return Promise.reject(new BrokerError('no_quorum', 'too much waits to be published already'));
    }
    return new Promise((resolve, reject) => {
      const deadlineMs = performance.now() + budgetMs;
      this.#expectElections(stream);
      this.#lanes.add(stream, subject, { ...content, deadlineMs, resolve, reject, settled: false });
      this.#earliestDeadlineMs = Math.min(this.#earliestDeadlineMs, deadlineMs);
      if (this.#timer === undefined) {
        this.#progressMs = performance.now();
        this.#timer = setInterval(() => this.#tick(), TICK_MS);
      }
      this.#pumpSoon();
    });
  }

  /** Turns new calls away, waits for those under way to settle, and lets go of the connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === 'open') this.#state = 'draining';
    if (!this.#lanes.idle) {
      this.#drained ??= Promise.withResolvers<void>();
      await this.#drained.promise;
    }
    this.#close();
  }

  /** Once for all that is submitted and answered in one go, so that it sets out together. */
  #pumpSoon(): void {
    if (this.#pumpIsDue) return;
    this.#pumpIsDue = true;
    queueMicrotask(() => {
      this.#pumpIsDue = false;
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#connected) {
      for (const group of this.#lanes.next(performance.now())) {
        const step = startFlight(group.manifest.messages.length, group.stream.lastSeq, now());
        this.#carryOut(group, step);
      }
    }
    if (!this.#lanes.idle) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#drained?.resolve();
  }

  #onAnswer({ flight, attempt, message }: ReplyAddress, answer: Answer): void {
    this.#step(flight, { type: 'answer', attempt, message, answer });
    this.#pumpSoon();
  }

  #step(number: number, input: FlightInput): void {
    const under = this.#flights.get(number);
    if (under !== undefined) this.#carryOut(under.group, stepFlight(under.flight, input, now()));
  }

  #carryOut(group: Group<PendingCall>, { flight, effect }: Step): void {
    this.#flights.set(group.number, { group, flight });
    if (effect !== undefined) {
      if (effect.type === 'send' && effect.attempt > 1) this.#options.onSentAgain?.();
      const to = { stream: group.stream.name, contentType: this.#options.contentType };
      try {
        putOnWire(this.#nc, this.#inbox, to, group.number, group.manifest.messages, effect);
      } catch (error) {
        const code = error instanceof errors.InvalidArgumentError ? 'too_big' : 'closed';
        this.#refuse(group.number, code, error instanceof Error ? error.message : String(error));
      }
    }
    if (flight.kind === 'placed') this.#placed(group, flight);
    if (flight.kind === 'refused') this.#refused(group, new BrokerError(flight.code, flight.why));
  }

  #placed(group: Group<PendingCall>, { places, attempt }: Flight): void {
    const { stream, manifest, calls } = group;
    if (attempt === 1) this.#lanes.measured(group, performance.now());
    const fresh = places.filter((place) => place?.duplicate === false);
    const [first, last] = [fresh[0], fresh.at(-1)];
    if (first !== undefined && last !== undefined) {
      if (first.seq <= stream.lastSeq) this.#options.onWentBack?.(stream.name);
      stream.lastSeq = last.seq;
    }
    for (const [i, call] of calls.entries()) {
      settle(call, () => call.resolve(placesOf(manifest.slots[i] ?? [], places)));
    }
    this.#progressMs = performance.now();
    this.#flights.delete(group.number);
    this.#lanes.end(group);
  }

  #refused(group: Group<PendingCall>, error: BrokerError): void {
    this.#flights.delete(group.number);
    if (group.calls.length > 1 && error.code !== 'closed') {
      this.#lanes.split(group);
      return;
    }
    for (const call of group.calls) settle(call, () => call.reject(error));
    this.#lanes.end(group);
  }

  #refuse(number: number, code: BrokerError['code'], why: string): void {
    const under = this.#flights.get(number);
    if (under !== undefined) this.#refused(under.group, new BrokerError(code, why));
  }

  #tick(): void {
    const nowMs = performance.now();
    if (nowMs >= this.#earliestDeadlineMs) this.#expire(nowMs);
    if (this.#connected) for (const number of this.#flights.keys()) this.#step(number, { type: 'tick' });
    if (this.#connected && nowMs - this.#progressMs > CUT_OFF_MS) {
      this.#progressMs = nowMs;
      void goToAnotherServer(this.#nc);
    }
    this.#pump();
  }

  /**
   * Tells those whose budget is used up. A group goes on for the sake of the others in it, complete, so that later
   * events do not overtake earlier ones whose caller will send them again.
   */
  #expire(nowMs: number): void {
    let earliest = Number.POSITIVE_INFINITY;
    for (const { call, group } of this.#lanes.unsettled()) {
      if (call.deadlineMs > nowMs) earliest = Math.min(earliest, call.deadlineMs);
      else settle(call, () => call.reject(this.#outOfTime(group)));
    }
    this.#earliestDeadlineMs = earliest;
    this.#lanes.sweep();
    const alive = new Set([...this.#lanes.groups].map(({ number }) => number));
    for (const number of this.#flights.keys()) if (!alive.has(number)) this.#flights.delete(number);
  }

  #outOfTime(group: Group<PendingCall> | undefined): BrokerError {
    const flight = group && this.#flights.get(group.number)?.flight;
    const why = this.#connected ? (flight?.kind === 'waiting' ? flight.why : 'no answer') : 'no connection';
    return new BrokerError('no_quorum', `not known to be committed within the budget: ${why}`);
  }

  #resend(stream?: string): void {
    for (const [number, { group }] of this.#flights) {
      if (stream === undefined || group.stream.name === stream) this.#step(number, { type: 'resend' });
    }
    this.#pump();
  }

  async #watch(): Promise<void> {
    for await (const status of this.#nc.status()) {
      if (this.#state === 'closed') return;
      this.#onStatus(status);
    }
    this.#close();
  }

  #onStatus(status: Status): void {
    if (status.type === 'disconnect') this.#connected = false;
    if (status.type === 'reconnect') {
      this.#connected = true;
      this.#resend();
    }
    if (status.type !== 'error' || !(status.error instanceof errors.PermissionViolationError)) return;
    // The server does not answer a publish that it forbids: it tells the connection.
    const { operation, subject, message } = status.error;
    const group = operation === 'publish' ? this.#lanes.groupOf(subject) : undefined;
    if (group === undefined) return;
    this.#refuse(group.number, 'refused', message);
    this.#pump();
  }

  /**
   * A leader that steps down drops what it has not proposed yet, and nobody answers for it: without this, a planned
   * restart of a server would cost its publishers an attempt's timeout. Without the permission, it does.
   */
  #expectElections(stream: string): void {
    if (this.#elections.has(stream)) return;
    const subscription = this.#nc.subscribe(`${LEADER_ELECTED_PREFIX}${stream}`, {
      callback: (error) => {
        if (error === null) this.#resend(stream);
      },
    });
    this.#elections.set(stream, subscription);
  }

  #close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    clearInterval(this.#timer);
    const error = new BrokerError('closed', 'the connection to NATS was closed');
    for (const { call } of this.#lanes.unsettled()) settle(call, () => call.reject(error));
    this.#lanes.sweep();
    this.#flights.clear();
    this.#drained?.resolve();
    if (this.#nc.isClosed()) return;
    this.#inbox[Symbol.dispose]();
    for (const subscription of this.#elections.values()) subscription.unsubscribe();
  }
}

function settle(call: Call, tell: () => void): void {
  if (call.settled) return;
  call.settled = true;
  tell();
}

function now(): Moment {
  return { nowMs: performance.now(), random: Math.random() };
}
