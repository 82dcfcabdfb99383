/**
 * A clock of elapsed milliseconds that trusts whichever of the two given clocks ran further: the monotonic one stands
 * still while a machine is suspended, the wall clock may be set back. It is never slow, which is what a lease needs.
 */
export function elapsedClock(
  monotonic: () => number = () => performance.now(),
  wall: () => number = () => Date.now(),
): () => number {
  let elapsed = 0;
  let lastMonotonic = monotonic();
  let lastWall = wall();
  return () => {
    const nowMonotonic = monotonic();
    const nowWall = wall();
    elapsed += Math.max(0, nowMonotonic - lastMonotonic, nowWall - lastWall);
    lastMonotonic = nowMonotonic;
    lastWall = nowWall;
    return elapsed;
  };
}
