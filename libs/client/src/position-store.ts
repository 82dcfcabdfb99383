/**
 * Keeps a user's position, so that a client that starts again goes on where it was. `save` is called in order, right
 * after the application's handlers have returned: a crash between the two repeats the last events and loses none.
 * A store that answers with a promise gets the next position, the newest by then, when it has settled.
 */
export interface PositionStore {
  load(user: string): string | undefined | Promise<string | undefined>;
  save(user: string, position: string): void | Promise<void>;
  /** Writes what is not written yet, at once: the page may be about to end. */
  flush?(): void;
}

/** Forgets with the process. */
export function memoryStore(): PositionStore {
  const positions = new Map<string, string>();
  return {
    load: (user) => positions.get(user),
    save: (user, position) => {
      positions.set(user, position);
    },
  };
}

/** What is used of the browser's Storage. */
export interface KeyValueStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/**
 * Survives reloads and restarts of the browser. All tabs that use the same key share the position: give each purpose
 * a key of its own, or use `sessionStorageStore` for a position per tab.
 */
export function localStorageStore(key = 'longspan'): PositionStore {
  return storageStore(() => (globalThis as { localStorage?: KeyValueStorage }).localStorage, key);
}

/** Survives reloads of its tab. */
export function sessionStorageStore(key = 'longspan'): PositionStore {
  return storageStore(() => (globalThis as { sessionStorage?: KeyValueStorage }).sessionStorage, key);
}

/**
 * Positions in a browser's storage, written once for all events that were handled in one turn of the event loop.
 * @param storage called late: reading it throws where the browser forbids storage.
 */
export function storageStore(storage: () => KeyValueStorage | undefined, key: string): PositionStore {
  const unwritten = new Map<string, string>();
  const write = () => {
    for (const [user, position] of unwritten) {
      unwritten.delete(user);
      storage()?.setItem(`${key}:${user}`, position);
    }
  };
  return {
    load: (user) => unwritten.get(user) ?? storage()?.getItem(`${key}:${user}`) ?? undefined,
    save: (user, position) => {
      const isFirst = unwritten.size === 0;
      unwritten.set(user, position);
      return isFirst ? Promise.resolve().then(write) : undefined;
    },
    flush: write,
  };
}
