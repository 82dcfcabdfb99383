import { Evidence } from '@longspan/testkit';
import { afterAll, beforeAll, describe } from 'vitest';
import { eventLogSuite } from './event-log-suite.ts';
import { SimulatedEventLogStage } from './simulated-event-log-stage.ts';

// Goal: the simulator's log keeps the same promises as the real one, so that what is shown over it holds over NATS.
// Method: the port's own suite, over a simulated log that moves by itself, with replicas that are behind.
// Left out, for a simulated log has none of it: the topology, the headers of messages, and de-duplication.
describe('the simulated event log', () => {
  let stage: SimulatedEventLogStage;

  beforeAll(() => {
    stage = new SimulatedEventLogStage(new Evidence('contract', 'the simulated event log').random('pace'));
  });

  afterAll(async () => {
    await stage[Symbol.asyncDispose]();
  });

  eventLogSuite(() => stage);
});
