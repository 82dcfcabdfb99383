import { expect, test } from 'vitest';
import { modelOf, needOf, type Load, type Reading } from './capacity-model.ts';

/** A system whose needs are such curves indeed. */
function reading({ sessions, eventsPerSecond }: Load): Reading {
  return {
    sessions,
    eventsPerSecond,
    edgeCores: (sessions - 500) * 1e-5 + 4e-3 * eventsPerSecond ** 0.5,
    brokerCores: (sessions - 500) * 2e-5 + 5e-5 * eventsPerSecond,
    edgeMiB: 130 + sessions * 0.01,
  };
}

test('a model of a system whose needs grow as it says expects what a load needs', () => {
  const model = modelOf(
    reading({ sessions: 500, eventsPerSecond: 500 }),
    reading({ sessions: 500, eventsPerSecond: 4_000 }),
    reading({ sessions: 5_000, eventsPerSecond: 500 }),
  );
  const { edgeCores, brokerCores, edgeMiB } = reading({ sessions: 3_000, eventsPerSecond: 2_500 });
  const expected = needOf(model, { sessions: 3_000, eventsPerSecond: 2_500 });
  expect(expected.edgeCores).toBeCloseTo(edgeCores);
  expect(expected.brokerCores).toBeCloseTo(brokerCores);
  expect(expected.edgeMiB).toBeCloseTo(edgeMiB);
  expect(model.brokerCores.exponent).toBeCloseTo(1);
  expect(model.edgeMiB.exponent).toBeCloseTo(0);
});
