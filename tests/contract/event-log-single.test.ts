import { describe } from 'vitest';
import { eventLogSuite } from './event-log-suite.ts';

describe('the event log on one server', () => {
  eventLogSuite(1);
});
