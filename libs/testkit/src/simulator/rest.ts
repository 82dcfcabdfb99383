import { Random } from '../random.ts';
import { Violation } from './reading.ts';
import type { World } from './world.ts';

/** Everything that is under way between two timers comes to an end within so many steps. */
const STEPS_MAX = 2_000;
/** Longer than any backoff and any silence, in milliseconds of simulated time. */
const PATIENCE_MS = 120_000;
/** Longer than two sync rounds are apart (G9). */
const QUIET_MS = 4_100;

/** How many events are published while all come anew, between the first steps of those that come after each timer. */
const COMMITS_AT_RETURN = 48;
const STEPS_WITH_COMMITS = 8;

/**
 * Ends all trouble and looks at every client at rest. Where these are troubles, the last events are lost once more on the
 * live path, and then the log's tail, now that nothing comes after them, and they rest again; then all come anew at once,
 * while events go on, and rest once more.
 */
export async function drawRest(world: World): Promise<void> {
  world.random = new Random(1);
  world.endTrouble();
  await rest(world, QUIET_MS);
  if (world.commitUnheard()) await rest(world, 0);
  if (world.loseLongTail()) await rest(world, QUIET_MS);
  for (const client of world.clients) client.give({ kind: 'cut' });
  await rest(world, 0, COMMITS_AT_RETURN);
}

/**
 * @param quietMs it must stay at rest for so long.
 * @param commits so many events are published meanwhile.
 */
async function rest(world: World, quietMs: number, commits = 0): Promise<void> {
  let left = commits;
  const until = world.clock.now + PATIENCE_MS;
  const calmFrom = world.clock.now + QUIET_MS;
  while (world.clock.now < until) {
    for (let steps = STEPS_WITH_COMMITS; steps > 0 && left > 0; steps--, left--) {
      world.commit();
      await world.comeToRest(1);
    }
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
