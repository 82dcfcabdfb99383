import { describe } from 'vitest';
import { commandsSuite } from './commands-suite.ts';

describe('commands on one server', () => {
  commandsSuite(1);
});
