/**
 * Now, in milliseconds since the Unix epoch and fractions: never goes back, and all threads and processes of one
 * machine can compare theirs to within a millisecond or two.
 */
export function moment(): number {
  return performance.timeOrigin + performance.now();
}
