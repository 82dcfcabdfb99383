import { describe } from 'vitest';
import { eventLogSuite } from './event-log-suite.ts';

describe('the event log on a cluster of three', () => {
  eventLogSuite(3);
});
