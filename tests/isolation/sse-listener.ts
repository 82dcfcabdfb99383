import type { Bridge } from '@longspan/testkit';

/** A user's events over Server-Sent Events, as `curl` would show them: how many came, and whose they were. */
export class SseListener implements AsyncDisposable {
  readonly user: string;
  readonly #abort = new AbortController();
  readonly #owners = new Map<string, number>();
  readonly #reading: Promise<void>;

  /** Resolves when the edge has begun to answer. */
  static async open(bridge: Bridge, user: string, edge: number): Promise<SseListener> {
    const query = new URLSearchParams({ after: 'earliest', access_token: await bridge.token(user) });
    const abort = new AbortController();
    const answer = await fetch(`${bridge.edge(edge).url}/v1/events?${query}`, { signal: abort.signal });
    if (answer.status !== 200 || answer.body === null) throw new Error(`${answer.status} for ${user}`);
    return new SseListener(user, answer.body, abort);
  }

  private constructor(user: string, body: ReadableStream<Uint8Array>, abort: AbortController) {
    this.user = user;
    this.#abort = abort;
    // Being told to stop ends the reading with an error.
    this.#reading = this.#read(body).catch(() => undefined);
  }

  /** How many events came. */
  get count(): number {
    return [...this.#owners.values()].reduce((sum, count) => sum + count, 0);
  }

  /** How many of them were somebody else's. */
  get foreign(): number {
    return this.count - (this.#owners.get(this.user) ?? 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.#reading;
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let rest = '';
    for await (const text of body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.startsWith('data:')) this.#take(line.slice('data:'.length));
    }
  }

  #take(json: string): void {
    const event: { readonly data?: { readonly owner?: string } } = JSON.parse(json);
    const owner = event.data?.owner ?? '';
    this.#owners.set(owner, (this.#owners.get(owner) ?? 0) + 1);
  }
}
