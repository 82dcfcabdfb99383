import { describe } from 'vitest';
import { commandsSuite } from './commands-suite.ts';

describe('commands on three servers', () => {
  commandsSuite(3);
});
