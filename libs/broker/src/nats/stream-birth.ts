import { committedMsOf } from './published-time.ts';
import type { ServerHeaders } from './server-headers.ts';

/** No message is under way for longer than this many milliseconds. */
const UNDER_WAY_MS_MAX = 60_000;

/**
 * When a stream was made, by which what comes late of the one that it replaced is told apart: a republished message names its
 * stream and its sequence, but not which of several streams of that name it was in. Only looked at while there may be such a one.
 * Where servers' clocks differ, that much of a new stream's first events is not taken from the live path, and is found like
 * anything else that was lost there.
 */
export class StreamBirth {
  readonly #createdMs: number;
  readonly #lookUntilMs = performance.now() + UNDER_WAY_MS_MAX;

  /** @param created RFC 3339, as in the stream's information; the stream was not known before this moment. */
  constructor(created: string) {
    this.#createdMs = Date.parse(created);
  }

  /** Whether the message was committed before this stream was there. */
  isAfter(headers: Pick<ServerHeaders, 'last'>): boolean {
    if (performance.now() > this.#lookUntilMs) return false;
    const committedMs = committedMsOf(headers);
    return committedMs !== undefined && committedMs < this.#createdMs;
  }
}
