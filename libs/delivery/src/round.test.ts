import type { Heads } from '@longspan/broker';
import type { Seq, UserId } from '@longspan/protocol';
import { expect, test } from 'vitest';
import { LOOKS_MAX, startRound, stepRound, type Round, type RoundInput, type RoundStep } from './round.ts';

const users = ['ada', 'bob'] as UserId[];
const barrier = 40 as Seq;
const fresh = heads(40);
const stale = heads(39);

const rounds: Record<Round['kind'], Round> = {
  passing: { kind: 'passing', users },
  looking: { kind: 'looking', users, barrier, attempt: 0 },
  ended: { kind: 'ended' },
};

const inputs = {
  passed: { type: 'passed', barrier },
  not_passed: { type: 'not_passed' },
  looked_fresh: { type: 'looked', heads: fresh },
  looked_stale: { type: 'looked', heads: stale },
  look_failed: { type: 'look_failed' },
} satisfies Record<string, RoundInput>;

const lookAgain = step({ kind: 'looking', users, barrier, attempt: 1 }, { type: 'look', users, attempt: 1 });
const failed = step({ kind: 'ended' }, { type: 'failed' });

/** Every state's answer to every input. */
const table: Record<Round['kind'], Record<keyof typeof inputs, RoundStep>> = {
  passing: {
    passed: step({ kind: 'looking', users, barrier, attempt: 0 }, { type: 'look', users, attempt: 0 }),
    not_passed: failed,
    looked_fresh: step(rounds.passing),
    looked_stale: step(rounds.passing),
    look_failed: step(rounds.passing),
  },
  looking: {
    passed: step(rounds.looking),
    not_passed: step(rounds.looking),
    looked_fresh: step({ kind: 'ended' }, { type: 'confirmed', barrier, heads: fresh }),
    looked_stale: lookAgain,
    look_failed: lookAgain,
  },
  ended: {
    passed: step(rounds.ended),
    not_passed: step(rounds.ended),
    looked_fresh: step(rounds.ended),
    looked_stale: step(rounds.ended),
    look_failed: step(rounds.ended),
  },
};

const cells = Object.entries(table).flatMap(([kind, row]) =>
  Object.entries(row).map(([input, expected]) => ({ kind, input, expected }) as Cell),
);

interface Cell {
  readonly kind: Round['kind'];
  readonly input: keyof typeof inputs;
  readonly expected: RoundStep;
}

test.each(cells)('a round that is $kind answers $input as the table says', ({ kind, input, expected }) => {
  expect(stepRound(rounds[kind], inputs[input])).toEqual(expected);
});

test('a round begins with its barrier', () => {
  expect(startRound(users)).toEqual(step(rounds.passing, { type: 'pass' }));
});

test('a round whose replicas stay behind gives up after so many looks, and not before', () => {
  let current = stepRound(startRound(users).round, inputs.passed);
  for (let look = 1; look < LOOKS_MAX; look++) {
    expect(current.effects).toEqual([{ type: 'look', users, attempt: look - 1 }]);
    current = stepRound(current.round, look % 2 === 0 ? inputs.looked_stale : inputs.look_failed);
  }
  expect(stepRound(current.round, inputs.looked_stale)).toEqual(failed);
});

function heads(upTo: number): Heads {
  return { upTo: upTo as Seq, ageFloor: 0 as Seq, lastOf: new Map([['ada' as UserId, 7 as Seq]]) };
}

function step(round: Round, ...effects: RoundStep['effects']): RoundStep {
  return { round, effects };
}
