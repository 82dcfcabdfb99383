// Goal: every store gives back what was saved last, for each user. Method: one suite for all of them; the storage
// behind the browsers' stores is a map with their interface.
import { describe, expect, test } from 'vitest';
import { memoryStore, storageStore, type KeyValueStorage } from './position-store.ts';

class MapStorage implements KeyValueStorage {
  readonly items = new Map<string, string>();
  writes = 0;

  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.items.set(key, value);
    this.writes += 1;
  }
}

describe.each([
  ['memory', () => memoryStore()],
  ['storage', () => storageStore(() => new MapStorage(), 'k')],
])('%s', (_, make) => {
  test('the last position saved is the one that is loaded', async () => {
    const store = make();
    expect(await store.load('ada')).toBeUndefined();
    void store.save('ada', 'e-1');
    void store.save('ada', 'e-2');
    expect(await store.load('ada')).toBe('e-2');
  });

  test('users do not see each other', async () => {
    const store = make();
    void store.save('ada', 'e-1');
    expect(await store.load('bob')).toBeUndefined();
  });
});

test('positions of one turn of the event loop are written once, the last one', async () => {
  const storage = new MapStorage();
  const store = storageStore(() => storage, 'k');
  const written = store.save('ada', 'e-1');
  void store.save('ada', 'e-2');
  expect(storage.writes).toBe(0);
  await written;
  expect(storage.writes).toBe(1);
  expect(storage.items).toEqual(new Map([['k:ada', 'e-2']]));
});

test('what is not written yet is written by flush, for a page that ends', () => {
  const storage = new MapStorage();
  const store = storageStore(() => storage, 'k');
  void store.save('ada', 'e-1');
  store.flush?.();
  expect(storage.items.get('k:ada')).toBe('e-1');
});

test('a storage that refuses is told by the promise', async () => {
  const store = storageStore(() => {
    throw new Error('storage is forbidden');
  }, 'k');
  await expect(store.save('ada', 'e-1')).rejects.toThrow('forbidden');
});
