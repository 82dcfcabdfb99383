/** Text is held back this long, in milliseconds, so that a stream of tokens is not a publish per token. */
export const OUTPUT_FLUSH_MS = 30;
/** The longest piece of text in one event, in UTF-16 units: 48 KiB of UTF-8 at most. */
export const OUTPUT_PIECE_CHARS = 16 * 1024;
/** With this many pieces on their way to the log, a writer has to wait. */
export const OUTPUT_IN_FLIGHT_MAX = 4;

/**
 * Gathers what a handler says and hands it on in pieces: what came within 30 ms is one piece. `publish` is called in
 * order and not awaited before the next piece, up to the limit.
 */
export class OutputBuffer {
  readonly #publish: (text: string, index: number) => Promise<void>;
  readonly #flushMs: number;
  readonly #inFlight = new Set<Promise<void>>();
  #text = '';
  #index = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(publish: (text: string, index: number) => Promise<void>, flushMs = OUTPUT_FLUSH_MS) {
    this.#publish = publish;
    this.#flushMs = flushMs;
  }

  /** Resolves at once while the log keeps up, else when it has caught up. Rejects if a piece before failed. */
  async write(text: string): Promise<void> {
    this.#text += text;
    if (this.#text.length >= OUTPUT_PIECE_CHARS) this.flush();
    else if (this.#text.length > 0) this.#timer ??= setTimeout(() => this.flush(), this.#flushMs);
    while (this.#inFlight.size >= OUTPUT_IN_FLIGHT_MAX) await Promise.race(this.#inFlight);
  }

  /** Hands on what is held back, now, so that whatever is published next comes after it. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#text.length > 0) {
      const length = pieceLength(this.#text, OUTPUT_PIECE_CHARS);
      const piece = this.#text.slice(0, length);
      this.#text = this.#text.slice(length);
      const sent = this.#publish(piece, this.#index++).finally(() => this.#inFlight.delete(sent));
      sent.catch(() => undefined);
      this.#inFlight.add(sent);
    }
  }

  /** Forgets what is held back. */
  discard(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#text = '';
  }
}

/** How much of the text fits into a piece without parting a surrogate pair. */
function pieceLength(text: string, max: number): number {
  if (text.length <= max) return text.length;
  const last = text.charCodeAt(max - 1);
  return last >= 0xd800 && last <= 0xdbff ? max - 1 : max;
}
