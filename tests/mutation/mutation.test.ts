import { Evidence, SABOTAGES, scaled, type SabotageName } from '@longspan/testkit';
import { afterAll, describe, expect, test } from 'vitest';
import { CASES, ESSENTIAL, SCENARIOS } from './cases.ts';

// Goal: the checks that find nothing wrong with the product would find it if there were something. A sabotage that
// nothing catches means a missing test.
// Method: each sabotage is built into the real services while they are loaded, the smallest real run in which it
// matters is made, and the auditor must name the fault. The same run of the product itself must be clean.

const evidence = new Evidence('mutation', 'Every sabotaged build is caught, and the product itself is clean');
const all = Object.keys(CASES) as SabotageName[];
const names = scaled({ short: ESSENTIAL, quick: ESSENTIAL, full: all, long: all });
const scenarios = new Set(names.map((name) => CASES[name].scenario));
let caught = 0;

afterAll(async () => {
  await using _ = evidence;
  evidence.promise({
    metric: 'Mutation: sabotaged builds caught',
    requirement: 'every one',
    achieved: `${caught} of ${names.length}`,
    holds: caught === names.length,
  });
});

describe.concurrent('the product itself', () => {
  test.each([...scenarios])('is clean in the scenario %s', async (scenario) => {
    const { faults, words } = await SCENARIOS[scenario](undefined);
    expect(faults.length === 0 ? 'clean' : `${faults.join(', ')}: ${words}`).toBe('clean');
  });
});

describe.concurrent('a sabotaged build', () => {
  test.each(names)('that %s is caught', async (name) => {
    const { scenario, fault, suite } = CASES[name];
    const { faults, words, sabotagedFiles } = await SCENARIOS[scenario](name);
    const { does, breaks, edits } = SABOTAGES[name];
    expect(new Set(sabotagedFiles), 'what was sabotaged').toEqual(new Set(edits.map(({ file }) => file)));
    const holds = faults.includes(fault);
    if (holds) caught += 1;
    evidence.promise({
      metric: `Mutation: a build that ${does}`,
      requirement: `caught (${breaks}); by tests/${suite}.test.ts, too`,
      achieved: holds ? `${fault}, in the scenario ${scenario}` : `not: ${words}`,
      holds,
    });
  });
});
