import type { Environment } from './environment.ts';
import { startClock } from './steady-clock.ts';
import { startTimer } from './timers.ts';

/** Node and other servers: a clock and timers; nothing is told about the network. */
export function nodeEnvironment(random: () => number): Environment {
  return { now: startClock(), random, after: startTimer, watch: () => () => undefined };
}
