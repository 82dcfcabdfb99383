import { parentPort, workerData } from 'node:worker_threads';
import type { AlarmMemory } from './alarm.ts';

// Sleeps as long as it is told to, and tells when that is over.

const { set, lengthMs } = workerData as AlarmMemory;
const port = parentPort;
if (port === null) throw new Error('this runs in a worker thread');
/** Nobody changes this: a wait for it ends with its time. */
const never = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

for (let heard = 0; ;) {
  Atomics.wait(set, 0, heard);
  heard = Atomics.load(set, 0);
  Atomics.wait(never, 0, 0, lengthMs[0] ?? 0);
  port.postMessage(heard);
}
