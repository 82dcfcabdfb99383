type Handler<Args extends readonly unknown[]> = (...args: Args) => unknown;

/** Calls handlers by name, in the order in which they were added. A handler that fails does not keep others from it. */
export class Emitter<Events extends { readonly [Name in keyof Events]: readonly unknown[] }> {
  /** A list is never changed: a handler that is added or removed while they are called makes a new one. */
  readonly #handlers = new Map<keyof Events, readonly Handler<never>[]>();
  readonly #failed: (cause: unknown, name: keyof Events) => void;

  /** @param failed hears of handlers that threw, or whose promise was rejected. */
  constructor(failed: (cause: unknown, name: keyof Events) => void) {
    this.#failed = failed;
  }

  /** Adds a handler; the result removes it. */
  on<Name extends keyof Events>(name: Name, handler: Handler<Events[Name]>): () => void {
    // The same function added twice is two handlers.
    const own: Handler<Events[Name]> = (...args) => handler(...args);
    this.#handlers.set(name, [...(this.#handlers.get(name) ?? []), own]);
    return () => {
      const others = this.#handlers.get(name)?.filter((other) => other !== own) ?? [];
      this.#handlers.set(name, others);
    };
  }

  emit<Name extends keyof Events>(name: Name, ...args: Events[Name]): void {
    for (const handler of (this.#handlers.get(name) ?? []) as readonly Handler<Events[Name]>[]) {
      try {
        const result = handler(...args);
        if (result instanceof Promise) result.catch((cause: unknown) => this.#failed(cause, name));
      } catch (cause) {
        this.#failed(cause, name);
      }
    }
  }
}
