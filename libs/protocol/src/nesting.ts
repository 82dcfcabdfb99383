/**
 * How deeply the data of an event may nest. What runs out of stack at whoever writes it out again, here or at a reader,
 * must not get into a log.
 */
export const DATA_DEPTH_MAX = 100;

/** Whether objects and arrays are in one another more than `depth` times; looks no deeper than that itself. */
export function nestsDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth === 0) return true;
  const inside: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  return inside.some((item) => nestsDeeperThan(item, depth - 1));
}
