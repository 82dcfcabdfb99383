import { percentiles } from './figures.ts';
import type { Measure } from './measure.ts';

const FIRST = 20;
/** Events that each user has had before, so that the system has something to look at. */
const HISTORY = 5;
const WINDOW = 500;

/** From the making of a client to caught up, one client after the other. */
export const connect: Measure = {
  name: 'connect',
  title: 'Connect to caught up',
  when: 'quick',
  systems: ['longspan-r1', 'longspan-r3', 'socket-io', 'sse-redis', 'nats-websocket', 'raw-ws'],
  run: async ({ stage: makeStage, scaled }) => {
    const users = FIRST + scaled({ quick: 200, full: 900 });
    await using stage = await makeStage({ users });
    await stage.toEach(HISTORY, WINDOW);
    // The first ones bring the code.
    await stage.connect(0, FIRST, 1);
    const durations = await stage.connect(FIRST, users, 1);
    return {
      figures: percentiles(durations),
      latencies: [{ name: 'connect to caught up', parcel: durations.parcel() }],
    };
  },
};
