import { describeFailure, Evidence, runFleet, SCENARIO_NAMES, scaled } from '@longspan/testkit';
import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';

test('whatever goes wrong, a client gets every event once and in order, or is told a gap that the log justifies', async () => {
  // Goal: G1 to G4 and G9, `caught_up` once and not too early, and nothing stuck, in any interleaving.
  // Method: the edge's hub and the client's machine as they are, over a simulated log, clock and network; what happens
  // next is drawn from a seed; every frame is checked against the log as it is sent and every callback as it is made,
  // and again when all has come to rest.
  await using evidence = new Evidence('simulation', 'schedules of everything that can go wrong');
  const schedules = scaled({ short: 4_000, quick: 12_000, full: 100_000, long: 4_000_000 });
  const first = evidence.random('seeds').below(2 ** 30);
  const rate = evidence.series('schedules simulated', 'schedules');
  const result = await runFleet({
    first,
    schedules,
    workers: availableParallelism(),
    onProgress: ({ schedules: done }) => rate.add(done),
  });
  const { failure, coverage } = result;
  evidence.fact('first seed', first);
  evidence.fact('scenarios', SCENARIO_NAMES);
  evidence.fact('occurrences', coverage);
  if (failure !== undefined) evidence.fact('failure', await describeFailure(failure));
  if (failure !== undefined) console.log(await describeFailure(failure));

  const count = (figure: number) => figure.toLocaleString('en');
  evidence.promise({
    metric: 'Simulation: schedules in which a promise broke',
    requirement: `0 of ${count(schedules)}`,
    achieved:
      failure === undefined
        ? // The rule of three: so many clean runs bound the rate with 95 % confidence.
          `0 of ${count(result.schedules)}, with ${count(coverage.delivered)} events delivered: below 3 in ${count(result.schedules)} (95 %)`
        : `SEED=${failure.schedule.seed} ${failure.what}`,
    holds: failure === undefined && result.schedules === schedules,
  });
  const { steps, commits, ...troubles } = coverage;
  const rarest = Object.entries(troubles).toSorted(([, a], [, b]) => a - b)[0] ?? ['none', 0];
  evidence.promise({
    metric: 'Simulation: kinds of trouble that occurred',
    requirement: 'each of them, many times',
    achieved: `all ${Object.keys(troubles).length}, in ${count(steps)} steps and ${count(commits)} commits; the rarest, ${rarest[0]}, ${count(rarest[1])} times`,
    holds: rarest[1] > 0,
  });
  evidence.figure({
    metric: 'Simulation: speed',
    requirement: 'thousands of schedules a second',
    achieved: `${count(Math.round(result.schedules / result.seconds))} a second`,
    holds: result.schedules / result.seconds >= 1_000,
  });
  expect(failure).toBeUndefined();
});
