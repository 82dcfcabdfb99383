// Goal: a slow or broken store costs bounded memory and no position that matters.
// Method: stores whose writes the test ends by hand.
import type { Epoch, Seq } from '@longspan/protocol';
import { expect, test } from 'vitest';
import { PositionKeeper } from './position-keeper.ts';
import type { PositionStore } from './position-store.ts';

class SlowStore implements PositionStore {
  readonly begun: string[] = [];
  readonly #ends: PromiseWithResolvers<void>[] = [];

  load(): undefined {
    return undefined;
  }

  save(_user: string, position: string): Promise<void> {
    const end = Promise.withResolvers<void>();
    this.begun.push(position);
    this.#ends.push(end);
    return end.promise;
  }

  end(error?: Error): void {
    const end = this.#ends.shift();
    if (error === undefined) end?.resolve();
    else end?.reject(error);
  }
}

function keeperOf(store: PositionStore) {
  const errors: string[] = [];
  const keeper = new PositionKeeper(store, new Set(), (error) => errors.push(error.code));
  const move = (seq: number) => keeper.moved('ada', { epoch: 'e' as Epoch, seq: seq as Seq });
  return { keeper, errors, move };
}

test('while a store writes, only the newest position waits', async () => {
  const store = new SlowStore();
  const { keeper, move } = keeperOf(store);
  for (let seq = 1; seq <= 100; seq += 1) move(seq);
  expect(store.begun).toEqual(['e-1']);
  const settled = keeper.settled();
  store.end();
  await new Promise(setImmediate);
  expect(store.begun).toEqual(['e-1', 'e-100']);
  store.end();
  await settled;
});

test('a page that ends has its newest position written at once', () => {
  const store = new SlowStore();
  const { keeper, move } = keeperOf(store);
  move(1);
  move(2);
  move(3);
  keeper.flush();
  expect(store.begun).toEqual(['e-1', 'e-3']);
});

test('a write that fails is reported, and the next one is made', async () => {
  const store = new SlowStore();
  const { errors, move } = keeperOf(store);
  move(1);
  move(2);
  store.end(new Error('disk full'));
  await new Promise(setImmediate);
  expect(errors).toEqual(['store_failed']);
  expect(store.begun).toEqual(['e-1', 'e-2']);
});

test('a store that cannot load keeps the client from beginning in the wrong place', async () => {
  const { keeper } = keeperOf({
    load: () => {
      throw new Error('locked');
    },
    save: () => undefined,
  });
  await expect(keeper.load('ada')).rejects.toMatchObject({ code: 'store_failed', retryable: true });
});
