import { runCommand } from './run-command.mjs';
import { parseVersion } from './version.mjs';

/** Fast-ingest batches, which the publisher uses, came with this version. */
export const leastNatsVersion = [2, 14];

/**
 * The version that a nats-server program tells, or undefined where it does not run here.
 *
 * @param {string} program
 */
export async function natsVersionOf(program) {
  const answer = await runCommand(program, ['--version'], { timeoutMs: 10_000 });
  return answer.code === 0 ? parseVersion(answer.stdout) : undefined;
}
