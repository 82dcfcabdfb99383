/** Ends the process on SIGTERM, or when whoever started it is gone, so that it can write its profile. */
export function endInOrder(): void {
  const end = () => process.exit();
  process.once('SIGTERM', end);
  process.stdin.once('close', end).resume();
}
