/** What the client needs of where it runs. */
export interface Environment {
  /** Milliseconds since the Unix epoch, by a clock that only goes forwards. */
  now(): number;
  /** A number in [0, 1). */
  random(): number;
  /** Runs `action` once, no sooner than after `delayMs`; the result calls it off. */
  after(delayMs: number, action: () => void): () => void;
  /** Tells what happens around the client until the result is called. */
  watch(signals: Signals): () => void;
}

export interface Signals {
  /** The network is gone, or back, as far as the runtime knows. */
  readonly offline: () => void;
  readonly online: () => void;
  /** Someone looks again, maybe after the runtime had stopped all timers. */
  readonly visible: () => void;
  /** The page may end now, without another word. */
  readonly leaving: () => void;
}
