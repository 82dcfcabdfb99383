import { describe } from 'vitest';
import { natsEventLogSuite } from './nats-event-log-suite.ts';

describe('the event log on one server', () => {
  natsEventLogSuite(1);
});
