/** What a network does to the bytes that flow one way. What is left out is perfect. */
export interface LinkImpairment {
  /** How long bytes are on their way. */
  readonly latencyMs?: number;
  /** So much more or less, evenly; bytes keep their order, so that one late piece holds up those behind it. */
  readonly jitterMs?: number;
  /** Bandwidth in kbit/s (bits per millisecond). */
  readonly kbitPerSecond?: number;
  /** The share of packets that are lost. TCP sends them again, so that what is seen is a delay of all behind. */
  readonly loss?: number;
  /** The probability that a byte has one bit changed. */
  readonly corruption?: number;
  /** After so many bytes of a connection: the sender is reset, the receiver has exactly these and then the end. */
  readonly cutAfterBytes?: number;
  /** How long the end of the stream (FIN) takes longer than the bytes before it. */
  readonly closeDelayMs?: number;
}

/** How a connection is dropped: with a reset, with an orderly end, or without a word (it stays open and dark). */
export type Drop = 'reset' | 'end' | 'silence';

/** Drops that come out of nowhere. */
export interface Disconnects {
  /** Every so often a connection may be dropped; each counts from a moment of its own. */
  readonly everyMs: number;
  /** The probability that it is. */
  readonly share: number;
  /** One of these at random; by default a reset. */
  readonly drops?: readonly Drop[];
}

/** What a network does to connections; directions as seen from the one who connects. */
export interface Impairment {
  readonly up?: LinkImpairment;
  readonly down?: LinkImpairment;
  readonly disconnects?: Disconnects;
}

/** The same in both directions. */
export function bothWays(link: LinkImpairment): Impairment {
  return { up: link, down: link };
}
