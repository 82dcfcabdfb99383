import type { Measure } from './measure.ts';
import { saturated } from './throughput.ts';

/** Fewer than all users' window together: one user's history is what a reader falls back on. */
const WINDOW = 900;

/** How many events a second one publisher gets to one device of one user, in order. */
export const singleUser: Measure = {
  name: 'single-user',
  title: 'One user, one publisher, strictly ordered',
  when: 'quick',
  systems: ['longspan-r1', 'longspan-r3', 'socket-io', 'sse-redis', 'nats-websocket'],
  run: (attempt) => saturated(attempt, { users: 1 }, WINDOW),
};
