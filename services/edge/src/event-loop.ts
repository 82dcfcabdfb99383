import type { Scheduler } from '@longspan/delivery';
import { setTimeout as pause } from 'node:timers/promises';

/** Node's own time, chance and event loop. Nothing that waits here keeps the process alive. */
export const eventLoop: Scheduler = {
  endOfTurn: (work) => void setImmediate(work),
  pause: (ms) => pause(ms, undefined, { ref: false }),
  every: (ms, work) => {
    const timer = setInterval(work, ms);
    timer.unref();
    return { [Symbol.dispose]: () => clearInterval(timer) };
  },
  random: () => Math.random(),
};
