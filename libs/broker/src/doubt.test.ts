import { expect, test } from 'vitest';
import { Doubt } from './doubt.ts';

/** Looks that the test answers, and patience that it ends. */
function underTest() {
  const looks: PromiseWithResolvers<void>[] = [];
  const patience = Promise.withResolvers<void>();
  const doubt = new Doubt({
    look: () => {
      const look = Promise.withResolvers<void>();
      looks.push(look);
      return look.promise;
    },
    pause: () => Promise.resolve(),
    patience: () => patience.promise,
  });
  return { doubt, looks, patience };
}

test('doubt ends with a look that succeeds, and holds everybody up until then', async () => {
  const { doubt, looks } = underTest();
  expect(doubt.exists).toBe(false);
  doubt.raise();
  expect(doubt.exists).toBe(true);
  const { holding } = doubt;
  looks[0]?.resolve();
  await holding;
  expect(doubt.exists).toBe(false);
  expect(doubt.holding).toBeUndefined();
});

test('a look that fails is made again', async () => {
  const { doubt, looks } = underTest();
  doubt.raise();
  looks[0]?.reject(new Error('no answer'));
  await expect.poll(() => looks.length).toBe(2);
  expect(doubt.exists).toBe(true);
  looks[1]?.resolve();
  await doubt.holding;
  expect(doubt.exists).toBe(false);
});

test('a look that was under way when doubt arose again does not end it', async () => {
  // Goal: an answer that was given before the stream was made anew is no answer.
  const { doubt, looks } = underTest();
  doubt.raise();
  doubt.raise();
  expect(looks).toHaveLength(1);
  looks[0]?.resolve();
  await expect.poll(() => looks.length).toBe(2);
  expect(doubt.exists).toBe(true);
  looks[1]?.resolve();
  await expect.poll(() => doubt.exists).toBe(false);
});

test('without an answer nobody is held up for longer than patience, but the doubt stays', async () => {
  const { doubt, looks, patience } = underTest();
  doubt.raise();
  const { holding } = doubt;
  patience.resolve();
  await holding;
  expect(doubt.holding).toBeUndefined();
  expect(doubt.exists).toBe(true);
  looks[0]?.resolve();
  await expect.poll(() => doubt.exists).toBe(false);
});

test('an answer over which doubt arose is not believed', async () => {
  const { doubt } = underTest();
  await expect(doubt.certain(() => Promise.resolve(1))).resolves.toBe(1);
  const asking = doubt.certain(() => {
    doubt.raise();
    return Promise.resolve(1);
  });
  await expect(asking).rejects.toMatchObject({ code: 'stale' });
});

test('nothing is asked while there is doubt', async () => {
  const { doubt, looks } = underTest();
  doubt.raise();
  const asked: number[] = [];
  const asking = doubt.certain(() => Promise.resolve(asked.push(looks.length)));
  expect(asked).toEqual([]);
  looks[0]?.resolve();
  await asking;
  expect(asked).toEqual([1]);
  expect(doubt.exists).toBe(false);
});
