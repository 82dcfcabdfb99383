/**
 * A clock that only goes forwards, in whole milliseconds since the Unix epoch as it was at the start. A system clock that
 * is set back would stretch every deadline, and a monotonic one stands still while some machines sleep: whichever of
 * the two went farther since the last reading counts. A jump forwards costs a reconnect at most.
 */
export function steadyClock(wall: () => number, monotonic: () => number): () => number {
  let lastWall = wall();
  let lastMonotonic = monotonic();
  let now = lastWall;
  return () => {
    const newWall = wall();
    const newMonotonic = monotonic();
    now += Math.max(0, newWall - lastWall, newMonotonic - lastMonotonic);
    lastWall = newWall;
    lastMonotonic = newMonotonic;
    return Math.floor(now);
  };
}

/** The steady clock of this runtime. */
export function startClock(): () => number {
  return steadyClock(
    () => Date.now(),
    () => performance.now(),
  );
}
