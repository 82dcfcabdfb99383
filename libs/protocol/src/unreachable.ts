/** Ends an exhaustive switch: a new case that nobody handled fails to compile, and fails loudly if forced. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
