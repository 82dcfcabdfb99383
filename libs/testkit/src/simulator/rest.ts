import { Random } from '../random.ts';
import { Violation } from './reading.ts';
import type { World } from './world.ts';

/** Everything that is under way between two timers comes to an end within so many steps. */
const STEPS_MAX = 2_000;
/** Longer than any backoff and any silence, in milliseconds of simulated time. */
const PATIENCE_MS = 120_000;
/** Longer than two sync rounds are apart (G9). */
const QUIET_MS = 4_100;

/** Ends all trouble and looks at every client at rest; then all come anew, to see that resuming changes nothing. */
export async function drawRest(world: World): Promise<void> {
  world.random = new Random(1);
  world.endTrouble();
  await rest(world, QUIET_MS);
  for (const client of world.clients) client.give({ kind: 'cut' });
  await rest(world, 0);
}

/** @param quietMs it must stay at rest for so long. */
async function rest(world: World, quietMs: number): Promise<void> {
  const until = world.clock.now + PATIENCE_MS;
  const calmFrom = world.clock.now + QUIET_MS;
  while (world.clock.now < until) {
    await world.comeToRest(STEPS_MAX);
    if (world.clock.now >= calmFrom) world.isCalm = true;
    if (world.clients.every((client) => client.isAtRest)) {
      const quietUntil = world.clock.now + quietMs;
      while (world.clock.now < quietUntil) {
        world.timePasses();
        await world.comeToRest(STEPS_MAX);
      }
      if (world.clients.every((client) => client.isAtRest)) break;
    }
    world.timePasses();
  }
  for (const client of world.clients) client.checkAtRest();
  if (!world.clients.every((client) => client.isAtRest)) throw new Violation('something is stuck');
}
