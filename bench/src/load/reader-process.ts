import { clientsOf } from '../systems/clients-of.ts';
import { Audience } from './audience.ts';
import { tellCount } from './progress-link.ts';
import type { ReaderCalls } from './reader-calls.ts';
import { serve } from './rpc.ts';

// A process of the load generator: the devices, and the application's callbacks.

const audience = new Audience();

serve({
  connect: async ({ system, access, devices, atOnce }) =>
    audience.connect(await clientsOf(system), access, devices, atOnce),
  tell: async (countsPort) => void (await tellCount(countsPort, () => audience.arrived)),
  measure: ({ fromMs, toMs }) => audience.measure(fromMs, toMs),
  report: () => audience.report(),
  resumed: ({ sinceMs, n, withinMs }) => audience.resumed(sinceMs, n, withinMs),
  firstDueFrom: ({ dueMs, withinMs }) => audience.firstDueFrom(dueMs, withinMs),
} satisfies ReaderCalls);
