import { unreachable, type Seq } from '@longspan/protocol';
import type { BrokerErrorCode } from '../errors.ts';
import type { Answer } from './answer.ts';

/*
 * A group's way into the log: one to 1,000 messages of one user that commit together, without their like twice.
 *
 *              ┌──────────── busy ───────────▶ waiting ──┐ due
 *   start ─▶ sent ◀──────────────────────────────────────┤
 *              │  ▲ silence: sent again                  │ due
 *   committed  │  │ some are absent                      ▼
 *              │  └─────────────────────────────────── probing ◀─┐ silence: asked again
 *              │  holds duplicates: which? ───────────────▲  └───┘
 *              ▼                                             all were there ──▶ placed
 *           placed                        refused, anywhere ──▶ refused
 *
 * Probing asks, for every message at once, whether its id is in the log, without storing anything. What was absent
 * is then sent, again as one group, so that all or nothing holds for it too. An answer belongs to an attempt; answers
 * to earlier attempts are not looked at: the log recognises what it has, so the later attempt learns the same.
 */
export type Flight = FlightFacts &
  (
    | { readonly kind: 'sent'; readonly timeoutAt: number }
    | {
        readonly kind: 'probing';
        readonly timeoutAt: number;
        readonly unanswered: ReadonlySet<number>;
        /** Something among them is still on its way: ask again later. */
        readonly busy: string | undefined;
      }
    | {
        readonly kind: 'waiting';
        readonly dueAt: number;
        readonly resume: 'send' | 'probe';
        readonly why: string;
      }
    | { readonly kind: 'placed' }
    | { readonly kind: 'refused'; readonly code: BrokerErrorCode; readonly why: string }
  );

interface FlightFacts {
  /** By message: where it is, once that is known. */
  readonly places: readonly (Place | undefined)[];
  /** How often something was sent or asked. Replies carry it. */
  readonly attempt: number;
  /** How often in a row the log was busy. */
  readonly busyInARow: number;
  /** A batch was incomplete: from now on each message asks for a reply, in case one of them is refused. */
  readonly askAll: boolean;
  /** How long the next attempt waits for its answer. */
  readonly patienceMs: number;
  /**
   * The log's last sequence that was known before anything was sent, if an attempt has gone unanswered since: what is
   * found above it may well be that attempt's doing, and is then no duplicate to the caller.
   */
  readonly ownAbove: Seq | undefined;
  readonly knownBefore: Seq;
}

export interface Place {
  readonly seq: Seq;
  readonly duplicate: boolean;
}

export type FlightInput =
  | { readonly type: 'answer'; readonly attempt: number; readonly message: number; readonly answer: Answer }
  /** Time passes. */
  | { readonly type: 'tick' }
  /** A new connection, or a new leader: what was under way may be lost. */
  | { readonly type: 'resend' };

/**
 * Send `messages`, one as it is and several as an atomic batch, whose commit asks for a reply and, with `askAll`, every
 * other message too; or ask for each whether it is in the log.
 */
export type FlightEffect =
  | {
      readonly type: 'send';
      readonly attempt: number;
      readonly messages: readonly number[];
      readonly askAll: boolean;
    }
  | { readonly type: 'probe'; readonly attempt: number; readonly messages: readonly number[] };

/** When it is, and a random number in [0, 1). */
export interface Moment {
  readonly nowMs: number;
  readonly random: number;
}

export interface Step {
  readonly flight: Flight;
  readonly effect: FlightEffect | undefined;
}

/** An attempt is repeated after this long without an answer; longer each time, for a log that is merely slow. */
export const ATTEMPT_TIMEOUT_MS = 1_000;
/** After an election the first attempts may still be led to the old leader, who says nothing. */
export const RESEND_TIMEOUT_MS = 100;
export const ATTEMPT_TIMEOUT_MAX_MS = 4_000;
/** A busy log is asked again after a random time below this; doubled each time up to the maximum. */
export const BUSY_WAIT_MS = 20;
export const BUSY_WAIT_MAX_MS = 320;

/** A group of `count` messages sets out. `knownBefore`: the log's last sequence known to the publisher. */
export function startFlight(count: number, knownBefore: Seq, moment: Moment): Step {
  const facts: FlightFacts = {
    places: Array.from({ length: count }, () => undefined),
    attempt: 0,
    busyInARow: 0,
    askAll: false,
    patienceMs: ATTEMPT_TIMEOUT_MS,
    ownAbove: undefined,
    knownBefore,
  };
  return send(facts, moment);
}

export function stepFlight(flight: Flight, input: FlightInput, moment: Moment): Step {
  switch (input.type) {
    case 'answer':
      return input.attempt === flight.attempt
        ? answered(flight, input.message, input.answer, moment)
        : still(flight);
    case 'tick':
      return ticked(flight, moment);
    case 'resend':
      return flight.kind === 'placed' || flight.kind === 'refused'
        ? still(flight)
        : again({ ...flight, patienceMs: RESEND_TIMEOUT_MS }, moment);
    default:
      return unreachable(input);
  }
}

function answered(flight: Flight, message: number, answer: Answer, moment: Moment): Step {
  if (answer.kind === 'refused' && (flight.kind === 'sent' || flight.kind === 'probing'))
    return still({ ...factsOf(flight), kind: 'refused', code: answer.code, why: answer.why });
  switch (flight.kind) {
    case 'sent':
      return answeredSent(flight, message, answer, moment);
    case 'probing':
      return answeredProbe(flight, message, answer, moment);
    case 'waiting':
    case 'placed':
    case 'refused':
      return still(flight);
    default:
      return unreachable(flight);
  }
}

function answeredSent(
  flight: Flight & { kind: 'sent' },
  message: number,
  answer: Answer,
  moment: Moment,
): Step {
  switch (answer.kind) {
    case 'committed': {
      // A batch's messages have consecutive sequences, and the reply tells the last one.
      const missing = missingOf(flight);
      const first = answer.seq - missing.length + 1;
      const places = [...flight.places];
      for (const [i, index] of missing.entries())
        places[index] = { seq: (first + i) as Seq, duplicate: false };
      return still({ ...factsOf(flight), places, kind: 'placed' });
    }
    case 'duplicate':
      return settleOrSend(placeDuplicate(flight, message, answer.seq), moment);
    case 'holds_duplicates':
      return probe(flight, moment);
    case 'incomplete':
      return wait({ ...factsOf(flight), askAll: true }, 'send', 'a batch did not arrive complete', moment);
    case 'staged':
      return still(flight);
    case 'absent':
      return wait(flight, 'send', 'an answer to a question not asked', moment);
    case 'busy': {
      // A leader on its way out may say that it failed and have it committed all the same.
      const ownAbove = flight.ownAbove ?? (answer.mayBeStored === true ? flight.knownBefore : undefined);
      return wait({ ...factsOf(flight), ownAbove }, 'send', answer.why, moment);
    }
    case 'refused':
      return still(flight);
    default:
      return unreachable(answer);
  }
}

function answeredProbe(
  flight: Flight & { kind: 'probing' },
  message: number,
  answer: Answer,
  moment: Moment,
): Step {
  if (!flight.unanswered.has(message)) return still(flight);
  const unanswered = new Set(flight.unanswered);
  unanswered.delete(message);
  const found = answer.kind === 'duplicate' || answer.kind === 'committed';
  const facts = found ? placeDuplicate(flight, message, answer.seq) : factsOf(flight);
  const busy = answer.kind === 'busy' ? answer.why : flight.busy;
  if (unanswered.size > 0) return still({ ...flight, ...facts, unanswered, busy });
  return busy === undefined ? settleOrSend(facts, moment) : wait(facts, 'probe', busy, moment);
}

function ticked(flight: Flight, moment: Moment): Step {
  switch (flight.kind) {
    case 'sent':
    case 'probing':
      return moment.nowMs >= flight.timeoutAt ? again(flight, moment) : still(flight);
    case 'waiting':
      return moment.nowMs >= flight.dueAt ? again(flight, moment) : still(flight);
    case 'placed':
    case 'refused':
      return still(flight);
    default:
      return unreachable(flight);
  }
}

function again(flight: Exclude<Flight, { kind: 'placed' | 'refused' }>, moment: Moment): Step {
  switch (flight.kind) {
    case 'sent':
      return send({ ...factsOf(flight), ownAbove: flight.ownAbove ?? flight.knownBefore }, moment);
    case 'probing':
      return probe(flight, moment);
    case 'waiting':
      return flight.resume === 'send' ? send(flight, moment) : probe(flight, moment);
    default:
      return unreachable(flight);
  }
}

function settleOrSend(facts: FlightFacts, moment: Moment): Step {
  return missingOf(facts).length === 0 ? still({ ...facts, kind: 'placed' }) : send(facts, moment);
}

function send(facts: FlightFacts, moment: Moment): Step {
  const attempt = facts.attempt + 1;
  const messages = missingOf(facts);
  return {
    flight: { ...longerPatience(facts), attempt, kind: 'sent', timeoutAt: moment.nowMs + facts.patienceMs },
    effect: { type: 'send', attempt, messages, askAll: facts.askAll },
  };
}

function probe(facts: FlightFacts, moment: Moment): Step {
  const attempt = facts.attempt + 1;
  const messages = missingOf(facts);
  return {
    flight: {
      ...longerPatience(facts),
      attempt,
      kind: 'probing',
      timeoutAt: moment.nowMs + facts.patienceMs,
      unanswered: new Set(messages),
      busy: undefined,
    },
    effect: { type: 'probe', attempt, messages },
  };
}

function wait(facts: FlightFacts, resume: 'send' | 'probe', why: string, moment: Moment): Step {
  const limit = Math.min(BUSY_WAIT_MAX_MS, BUSY_WAIT_MS * 2 ** facts.busyInARow);
  const dueAt = moment.nowMs + moment.random * limit;
  return still({ ...factsOf(facts), busyInARow: facts.busyInARow + 1, kind: 'waiting', dueAt, resume, why });
}

function placeDuplicate(facts: FlightFacts, message: number, seq: Seq): FlightFacts {
  const places = [...facts.places];
  places[message] = { seq, duplicate: facts.ownAbove === undefined || seq <= facts.ownAbove };
  return { ...factsOf(facts), places };
}

function missingOf(facts: FlightFacts): number[] {
  return [...facts.places.keys()].filter((index) => facts.places[index] === undefined);
}

function longerPatience(facts: FlightFacts): FlightFacts {
  return { ...factsOf(facts), patienceMs: Math.min(ATTEMPT_TIMEOUT_MAX_MS, facts.patienceMs * 2) };
}

function still(flight: Flight): Step {
  return { flight, effect: undefined };
}

function factsOf(flight: FlightFacts): FlightFacts {
  const { places, attempt, busyInARow, askAll, patienceMs, ownAbove, knownBefore } = flight;
  return { places, attempt, busyInARow, askAll, patienceMs, ownAbove, knownBefore };
}
