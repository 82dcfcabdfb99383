const NANOS_PER_MS = 1_000_000;

/**
 * Now, in milliseconds and fractions of the system's monotonic clock: all processes of one machine read the same one, to the
 * microsecond. It says nothing about the date.
 */
export function now(): number {
  return Number(process.hrtime.bigint()) / NANOS_PER_MS;
}
