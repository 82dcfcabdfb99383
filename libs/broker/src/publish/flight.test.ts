import * as fc from 'fast-check';
import type { Seq } from '@longspan/protocol';
import { expect, test } from 'vitest';
import type { Answer } from './answer.ts';
import {
  ATTEMPT_TIMEOUT_MS,
  BUSY_WAIT_MS,
  RESEND_TIMEOUT_MS,
  startFlight,
  stepFlight,
  type Flight,
  type FlightInput,
  type Step,
} from './flight.ts';

const seq = (n: number) => n as Seq;
const at = (nowMs: number) => ({ nowMs, random: 0.5 });
const start = (count: number) => startFlight(count, seq(10), at(0)).flight;

function answer(flight: Flight, answer: Answer, message = 0): Step {
  return stepFlight(flight, { type: 'answer', attempt: flight.attempt, message, answer }, at(1));
}

const committed: Answer = { kind: 'committed', seq: seq(20) };
const duplicate: Answer = { kind: 'duplicate', seq: seq(5) };
const holdsDuplicates: Answer = { kind: 'holds_duplicates' };
const incomplete: Answer = { kind: 'incomplete' };
const staged: Answer = { kind: 'staged' };
const absent: Answer = { kind: 'absent' };
const busy: Answer = { kind: 'busy', why: 'busy' };
const refused: Answer = { kind: 'refused', code: 'refused', why: 'no' };

const probing = answer(start(2), holdsDuplicates).flight;
const states = {
  sent: start(2),
  probing,
  waiting: answer(start(2), busy).flight,
  placed: answer(start(2), committed).flight,
  refused: answer(start(2), refused).flight,
} satisfies Record<Flight['kind'], Flight>;

type Happening = Answer['kind'] | 'time' | 'resend' | 'old answer';

function happen(flight: Flight, happening: Happening): Step {
  const answers: Record<Answer['kind'], Answer> = {
    committed,
    duplicate,
    holds_duplicates: holdsDuplicates,
    incomplete,
    staged,
    absent,
    busy,
    refused,
  };
  if (happening === 'time') return stepFlight(flight, { type: 'tick' }, at(10 * ATTEMPT_TIMEOUT_MS));
  if (happening === 'resend') return stepFlight(flight, { type: 'resend' }, at(1));
  if (happening === 'old answer') {
    return stepFlight(
      flight,
      { type: 'answer', attempt: flight.attempt - 1, message: 0, answer: committed },
      at(1),
    );
  }
  return answer(flight, answers[happening]);
}

test('every state answers everything that can happen', () => {
  // Goal: the state machine is what its drawing says, without holes.
  // Method: the full table: state after, and what is done (`+send`, `+probe`).
  const table: Record<Flight['kind'], Record<Happening, string>> = {
    sent: {
      committed: 'placed',
      // A duplicate answers a message sent by itself; of two, the other one is still to be sent.
      duplicate: 'sent+send',
      holds_duplicates: 'probing+probe',
      incomplete: 'waiting',
      staged: 'sent',
      absent: 'waiting',
      busy: 'waiting',
      refused: 'refused',
      time: 'sent+send',
      resend: 'sent+send',
      'old answer': 'sent',
    },
    probing: {
      committed: 'probing',
      duplicate: 'probing',
      holds_duplicates: 'probing',
      incomplete: 'probing',
      staged: 'probing',
      absent: 'probing',
      busy: 'probing',
      refused: 'refused',
      time: 'probing+probe',
      resend: 'probing+probe',
      'old answer': 'probing',
    },
    waiting: {
      committed: 'waiting',
      duplicate: 'waiting',
      holds_duplicates: 'waiting',
      incomplete: 'waiting',
      staged: 'waiting',
      absent: 'waiting',
      busy: 'waiting',
      refused: 'waiting',
      time: 'sent+send',
      resend: 'sent+send',
      'old answer': 'waiting',
    },
    placed: {
      committed: 'placed',
      duplicate: 'placed',
      holds_duplicates: 'placed',
      incomplete: 'placed',
      staged: 'placed',
      absent: 'placed',
      busy: 'placed',
      refused: 'placed',
      time: 'placed',
      resend: 'placed',
      'old answer': 'placed',
    },
    refused: {
      committed: 'refused',
      duplicate: 'refused',
      holds_duplicates: 'refused',
      incomplete: 'refused',
      staged: 'refused',
      absent: 'refused',
      busy: 'refused',
      refused: 'refused',
      time: 'refused',
      resend: 'refused',
      'old answer': 'refused',
    },
  };
  for (const [kind, row] of Object.entries(table)) {
    for (const [happening, expected] of Object.entries(row)) {
      const { flight, effect } = happen(states[kind as Flight['kind']], happening as Happening);
      const seen = `${flight.kind}${effect === undefined ? '' : `+${effect.type}`}`;
      expect(seen, `${kind}, ${happening}`).toBe(expected);
    }
  }
});

test('a committed batch has consecutive places that end at the acknowledged one', () => {
  // Goal: every event gets its own position though only the last one is acknowledged.
  // Method: three messages, acknowledged at 20.
  const { flight } = answer(start(3), committed);
  expect(flight.places).toEqual([18, 19, 20].map((n) => ({ seq: n, duplicate: false })));
});

test('of a batch with repeats, what was there keeps its place and the rest is sent as one batch', () => {
  // Goal: G5 in a mixed batch, in the order of the request, all of it or nothing.
  // Method: three messages, the middle one is known; the two others commit at 19 and 20.
  const probe = answer(start(3), holdsDuplicates);
  expect(probe.effect).toMatchObject({ type: 'probe', messages: [0, 1, 2] });
  const one = answer(probe.flight, absent, 0);
  const two = answer(one.flight, duplicate, 1);
  const three = answer(two.flight, absent, 2);
  expect(three.effect).toMatchObject({ type: 'send', messages: [0, 2] });
  expect(answer(three.flight, committed, 2).flight).toMatchObject({
    kind: 'placed',
    places: [
      { seq: 19, duplicate: false },
      { seq: 5, duplicate: true },
      { seq: 20, duplicate: false },
    ],
  });
});

test('what our own unanswered attempt committed is no duplicate; what was there before is one', () => {
  // Goal: `duplicate` tells a caller whether somebody had published before, not whether an acknowledgement was lost.
  // Method: a message goes unanswered and is found on the next attempt, above and below what was known before (10).
  const again = happen(start(1), 'time').flight;
  expect(answer(again, { kind: 'duplicate', seq: seq(11) }).flight.places).toEqual([
    { seq: 11, duplicate: false },
  ]);
  expect(answer(again, { kind: 'duplicate', seq: seq(10) }).flight.places).toEqual([
    { seq: 10, duplicate: true },
  ]);
  expect(answer(start(1), { kind: 'duplicate', seq: seq(11) }).flight.places).toEqual([
    { seq: 11, duplicate: true },
  ]);
});

test('a batch that was incomplete is sent again with every message asking, to learn which one is refused', () => {
  // Goal: one message that the log refuses does not make its batch be sent for ever.
  // Method: the commit is answered incomplete; then the second message of the next attempt is answered a refusal.
  const waiting = answer(start(3), incomplete);
  const again = stepFlight(waiting.flight, { type: 'tick' }, at(1 + BUSY_WAIT_MS));
  expect(again.effect).toMatchObject({ type: 'send', messages: [0, 1, 2], askAll: true });
  const half = answer(again.flight, staged, 0);
  expect(half.flight.kind).toBe('sent');
  expect(answer(half.flight, refused, 1).flight.kind).toBe('refused');
});

test('something that is still on its way through Raft is asked for again after a pause', () => {
  // Goal: neither a second commit nor a wrong place when an attempt and its repeat overlap (10158).
  // Method: one of two probes is answered busy.
  const half = answer(probing, busy, 0);
  const waiting = answer(half.flight, duplicate, 1);
  expect(waiting).toMatchObject({ flight: { kind: 'waiting', resume: 'probe' }, effect: undefined });
  const again = stepFlight(waiting.flight, { type: 'tick' }, at(1 + BUSY_WAIT_MS));
  expect(again.effect).toMatchObject({ type: 'probe', messages: [0] });
});

test('after an election the first attempts are given up soon, later ones are given time', () => {
  // Goal: a planned restart costs a tenth of a second, an overloaded log is not flooded.
  // Method: the times at which silence leads to another attempt.
  const timeouts = (flight: Flight) => {
    const times: number[] = [];
    for (let nowMs = 0; times.length < 5; nowMs += 50) {
      const step = stepFlight(flight, { type: 'tick' }, at(nowMs));
      if (step.effect !== undefined) times.push(nowMs);
      flight = step.flight;
    }
    return times;
  };
  expect(timeouts(start(1))).toEqual([1_000, 3_000, 7_000, 11_000, 15_000]);
  const { flight } = stepFlight(start(1), { type: 'resend' }, at(0));
  expect(timeouts(flight)).toEqual([1, 3, 7, 15, 31].map((n) => n * RESEND_TIMEOUT_MS));
});

/** A log as JetStream is one to a publisher: atomic, with a memory of ids; what it is told may come late or never. */
class ModelLog {
  readonly ids: number[] = [];

  receive(messages: readonly number[], probe: boolean): Map<number, Answer> {
    if (probe || messages.length === 1) {
      const answers = messages.map((id): [number, Answer] => {
        const index = this.ids.indexOf(id);
        if (index >= 0) return [id, { kind: 'duplicate', seq: seq(index + 1) }];
        if (probe) return [id, { kind: 'absent' }];
        return [id, { kind: 'committed', seq: seq(this.ids.push(id)) }];
      });
      return new Map(answers);
    }
    const last = messages.at(-1) ?? 0;
    if (messages.some((id) => this.ids.includes(id))) return new Map([[last, { kind: 'holds_duplicates' }]]);
    this.ids.push(...messages);
    return new Map([[last, { kind: 'committed', seq: seq(this.ids.length) }]]);
  }
}

type Fate = 'arrives' | 'is lost' | 'loses its answer' | 'comes late' | 'finds it busy';

test('whatever becomes of the attempts, each message is in the log once and its place is told (G5)', () => {
  // Goal: no repeat, no hole, no wrong position, for every sequence of losses, delays and refusals.
  // Method: a model log that holds some of the messages already; attempts meet random fates; then the network heals.
  const fates = fc.array(
    fc.constantFrom<Fate>('arrives', 'is lost', 'loses its answer', 'comes late', 'finds it busy'),
    { maxLength: 12 },
  );
  const property = fc.property(
    fc.integer({ min: 1, max: 6 }),
    fc.uniqueArray(fc.nat(5)),
    fates,
    (count, known, fates) => {
      const log = new ModelLog();
      log.ids.push(...known.filter((id) => id < count));
      const before = [...log.ids];
      const late: (() => void)[] = [];
      let { flight, effect } = startFlight(count, seq(log.ids.length), at(0));
      let nowMs = 0;
      const take = (input: FlightInput) => ({ flight, effect } = stepFlight(flight, input, at(nowMs)));
      for (let turn = 0; flight.kind !== 'placed' && turn < 60; turn++) {
        const current = effect;
        effect = undefined;
        const fate = current === undefined ? undefined : (fates.shift() ?? 'arrives');
        if (current !== undefined && fate !== undefined && fate !== 'is lost') {
          const { attempt, messages, type } = current;
          const deliver = () => log.receive(messages, type === 'probe');
          if (fate === 'comes late') late.push(deliver);
          else if (fate === 'finds it busy')
            take({ type: 'answer', attempt, message: messages.at(-1) ?? 0, answer: busy });
          else {
            const answers = deliver();
            if (fate === 'arrives') {
              for (const [message, answer] of answers) take({ type: 'answer', attempt, message, answer });
            }
          }
        }
        // What comes late comes at the worst moment: just before the next attempt.
        if (effect === undefined) {
          for (const deliver of late.splice(0)) deliver();
          nowMs += 5_000;
          take({ type: 'tick' });
        }
      }
      for (const deliver of late.splice(0)) deliver();
      expect(flight.kind).toBe('placed');
      expect(log.ids.toSorted()).toEqual(Array.from({ length: count }, (_, id) => id));
      expect(log.ids.slice(before.length)).toEqual(
        Array.from({ length: count }, (_, id) => id).filter((id) => !before.includes(id)),
      );
      for (const [id, place] of flight.places.entries()) {
        expect(place?.seq).toBe(log.ids.indexOf(id) + 1);
        expect(place?.duplicate).toBe(before.includes(id));
      }
    },
  );
  fc.assert(property, { numRuns: 1_000 });
});
