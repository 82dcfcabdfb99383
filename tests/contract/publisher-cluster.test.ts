import { describe } from 'vitest';
import { publisherSuite } from './publisher-suite.ts';

describe('the publisher on three servers', () => {
  publisherSuite(3);
});
