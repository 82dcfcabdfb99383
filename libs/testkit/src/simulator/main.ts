import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { describeFailure } from './failure-report.ts';
import { runFleet, type FleetResult } from './fleet.ts';
import { SCENARIO_NAMES } from './scenario.ts';

const USAGE = `Simulates schedules of edges, clients and a faulty log, and checks every promise in each.

  node main.ts [--schedules 10000] [--seed 1] [--workers <cores>] [--scenario <name>]

Exits with 1 after the first schedule that breaks a promise, shortened and told step by step.
Scenarios: ${SCENARIO_NAMES.join(', ')}.
`;
const PROGRESS_EVERY_MS = 2_000;

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: String(availableParallelism()) },
    scenario: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const [schedules, first, workers] = [values.schedules, values.seed, values.workers].map(Number);
const name = SCENARIO_NAMES.find((one) => one === values.scenario);
const isUsable = [schedules, first, workers].every((number) => Number.isSafeInteger(number));
if (values.help || !isUsable || (name === undefined && values.scenario !== undefined)) {
  process.stderr.write(USAGE);
  process.exit(values.help ? 0 : 2);
}

let toldMs = 0;
const onProgress = (result: FleetResult): void => {
  if (performance.now() - toldMs < PROGRESS_EVERY_MS) return;
  toldMs = performance.now();
  process.stdout.write(`${summary(result)}\n`);
};
const result = await runFleet({
  schedules: schedules ?? 0,
  first: first ?? 0,
  workers: workers ?? 1,
  name,
  onProgress,
});
process.stdout.write(`${summary(result)}\n${JSON.stringify(result.coverage)}\n`);
if (result.failure !== undefined) {
  process.stderr.write(`${await describeFailure(result.failure)}\n`);
  process.exitCode = 1;
}

function summary({ schedules: done, seconds, coverage }: FleetResult): string {
  const rate = Math.round(done / seconds).toLocaleString('en');
  const [many, events] = [done, coverage.delivered].map((figure) => figure.toLocaleString('en'));
  return `${many} schedules, ${rate} a second, ${events} events delivered`;
}
