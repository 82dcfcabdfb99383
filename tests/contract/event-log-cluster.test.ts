import { describe } from 'vitest';
import { natsEventLogSuite } from './nats-event-log-suite.ts';

describe('the event log on a cluster of three', () => {
  natsEventLogSuite(3);
});
