import { describe } from 'vitest';
import { publisherSuite } from './publisher-suite.ts';

describe('the publisher on one server', () => {
  publisherSuite(1);
});
