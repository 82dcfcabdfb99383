import { createParser, type EventSourceMessage } from 'eventsource-parser';

/** A Server-Sent Events response, read to the end or until it is dropped, by a parser that is not ours. */
export class EventStream implements AsyncDisposable {
  readonly messages: EventSourceMessage[] = [];
  readonly comments: string[] = [];
  readonly ended: Promise<void>;
  readonly #abort: AbortController;
  #wake = Promise.withResolvers<void>();

  private constructor(response: Response, abort: AbortController) {
    this.#abort = abort;
    this.ended = this.#read(response);
  }

  /** Rejects with the status and body if the answer is not 200. */
  static async open(url: string, headers: Record<string, string>): Promise<EventStream> {
    const abort = new AbortController();
    const response = await fetch(url, { headers, signal: abort.signal });
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
    return new EventStream(response, abort);
  }

  /** Resolves when `count` events have come. */
  async until(count: number): Promise<readonly EventSourceMessage[]> {
    while (this.messages.length < count) await this.#wake.promise;
    return this.messages;
  }

  async untilComment(start: string): Promise<void> {
    while (!this.comments.some((comment) => comment.startsWith(start))) await this.#wake.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.ended;
  }

  async #read(response: Response): Promise<void> {
    const parser = createParser({
      onEvent: (message) => void this.messages.push(message),
      onComment: (comment) => void this.comments.push(comment.trim()),
    });
    const decoder = new TextDecoder();
    try {
      for await (const chunk of response.body ?? []) {
        parser.feed(decoder.decode(chunk, { stream: true }));
        this.#wake.resolve();
        this.#wake = Promise.withResolvers();
      }
    } catch (error) {
      if (!this.#abort.signal.aborted) throw error;
    }
  }
}
