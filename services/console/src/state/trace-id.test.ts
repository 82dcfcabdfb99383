import { expect, test } from 'vitest';
import { traceIdOf } from './trace-id.ts';

const ID = '4bf92f3577b34da6a3ce929d0e0e4736';

test('only a trace that is kept has an id to look for', () => {
  expect(traceIdOf(`00-${ID}-00f067aa0ba902b7-01`)).toBe(ID);
  expect(traceIdOf(`00-${ID}-00f067aa0ba902b7-00`)).toBeUndefined();
  expect(traceIdOf('nonsense')).toBeUndefined();
  expect(traceIdOf(undefined)).toBeUndefined();
});
