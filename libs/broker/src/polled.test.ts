import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Polled } from './polled.ts';

/** Lets pass what is settled already. */
async function settled(): Promise<void> {
  for (let n = 0; n < 3; n += 1) await turn();
}

/** Resolves when `condition` holds; the test's own timeout is the limit. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

test('the latest answer is known from the first on, and none once there is none', async () => {
  // Goal: a gauge that is old is a lie. Method: something that answers twice and then fails.
  const answers = [1, 2];
  using polled = new Polled(() => Promise.resolve(answers.shift()).then(orThrow), 1);
  expect(polled.latest).toBeUndefined();
  const seen = new Set<number | undefined>();
  await until(() => seen.add(polled.latest).size >= 3 && polled.latest === undefined);
  expect([...seen]).toEqual([undefined, 1, 2]);
});

test('what is disposed of asks no more, and knows nothing', async () => {
  const asking = Promise.withResolvers<number>();
  let asked = 0;
  const polled = new Polled(() => ((asked += 1), asking.promise), 1);
  polled[Symbol.dispose]();
  asking.resolve(1);
  await settled();
  expect(polled.latest).toBeUndefined();
  expect(asked).toBe(1);
});

function orThrow(answer: number | undefined): number {
  if (answer === undefined) throw new Error('no answer');
  return answer;
}
