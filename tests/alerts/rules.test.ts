import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { describe, expect, test } from 'vitest';
import { filesOf, pathOf, pathsOf, readRuleCases, readRules, RUNBOOKS, textOf } from './deployment.ts';
import { unknownIn } from './known-metrics.ts';
import { promtool, promtoolPath } from './promtool.ts';
import { allQueries, dashboardQueries, runbookQueries } from './queries.ts';
import { selectorsOf } from './selectors.ts';

const INDEX = `${RUNBOOKS}/README.md`;

test('every alert says how urgent it is, what happens, and where to read on', async () => {
  // Goal: nobody is woken by a name alone. Method: each alert's texts; its runbook exists and is about it.
  const { alerts } = await readRules();
  expect(alerts.length).toBeGreaterThan(20);
  for (const { alert, annotations, labels } of alerts) {
    const words = alert.replace('Longspan', '').match(/[A-Z][a-z0-9]*/g) ?? [];
    expect(annotations.runbook_url).toBe(`${RUNBOOKS}/${words.join('-').toLowerCase()}.md`);
    const runbook = await textOf(annotations.runbook_url);
    expect(runbook).toMatch(new RegExp(`^# ${alert}\n`));
    expect(runbook).toMatch(
      new RegExp(`^\\*\\*${labels.severity === 'page' ? 'Page' : 'Ticket'}\\.\\*\\*`, 'm'),
    );
    for (const heading of ['**What users notice:**', '## Look at', '## Do', '## Escalate'])
      expect(runbook).toContain(heading);
    expect(annotations.summary.length).toBeLessThan(80);
  }
});

test('no runbook is about an alert that does not exist, and none leads nowhere', async () => {
  // Goal: the pages stay as true as the rules. Method: each page has its alert; each link between pages resolves.
  const { alerts } = await readRules();
  const pages = await filesOf(RUNBOOKS);
  const told = new Set(alerts.map(({ annotations }) => annotations.runbook_url));
  expect(pages.filter((page) => page !== INDEX)).toEqual([...told].toSorted());
  const listed = [...(await textOf(INDEX)).matchAll(/\]\((\S+\.md)\)/g)].map(
    ([, link]) => `${RUNBOOKS}/${link}`,
  );
  expect(listed.toSorted()).toEqual([...told].toSorted());
  for (const page of pages) {
    for (const [, link = ''] of (await textOf(page)).matchAll(/\]\(([a-z0-9-]+\.md)\)/g))
      expect(pages).toContain(`${RUNBOOKS}/${link}`);
  }
});

test('every alert is seen to fire and to be silent', async () => {
  // Goal: no alert that cannot fire, none that always does. Method: what the rules' tests expect.
  const { alerts } = await readRules();
  const cases = await readRuleCases();
  expect([...cases.keys()].toSorted()).toEqual(alerts.map(({ alert }) => alert).toSorted());
  for (const [alert, { fires, silent }] of cases)
    expect({ alert, fires: fires > 0, silent: silent > 0 }).toEqual({ alert, fires: true, silent: true });
});

test('rules, runbooks and dashboards ask for metrics and labels that are documented', async () => {
  // Goal: a renamed metric is found before it is missed. Method: each selector of each query, against docs/telemetry.md.
  const queries = await allQueries();
  expect(queries.length).toBeGreaterThan(150);
  expect(await unknownIn(queries)).toEqual([]);
});

test('selectors are found in queries, and nothing else is taken for one', () => {
  // Goal: the check above overlooks nothing. Method: a query with all that can stand around a metric.
  const query =
    'sum by (le, how) (rate(a_total{how="x{y}",job=~"b"}[5m] offset 1h)) / on (c) group_left (d) e:f > 0.5 unless absent(g)';
  expect(selectorsOf(query)).toEqual([
    { metric: 'a_total', labels: ['how'] },
    { metric: 'e:f', labels: [] },
    { metric: 'g', labels: [] },
  ]);
});

describe.skipIf(promtoolPath() === undefined)('with promtool', () => {
  const content = { isContent: true };

  test('the rules are valid, and so is each query of the runbooks and dashboards', async () => {
    // Goal: Prometheus loads what is here. Method: promtool check, the queries in a file of rules that is made of them.
    const rules = await pathsOf('deploy/prometheus/rules');
    const configuration = pathOf('deploy/prometheus/prometheus.yaml');
    expect(await promtool('check', 'config', '--syntax-only', configuration)).toMatchObject(content);
    expect(await promtool('check', 'rules', '--lint=all', '--lint-fatal', ...rules)).toMatchObject(content);
    await using folder = await temporaryFolder();
    const asked = [...(await runbookQueries()), ...(await dashboardQueries())];
    const queries = asked.map((expr, n) => ({ record: `asked:query:${n}`, expr }));
    const file = join(folder.path, 'queries.yaml');
    await writeFile(file, stringify({ groups: [{ name: 'queries', rules: queries }] }));
    expect(await promtool('check', 'rules', '--lint=none', file)).toMatchObject(content);
  });

  test('every alert fires when it is to, with the text that it is to have, and is silent otherwise', async () => {
    // Method: promtool evaluates the rules over series as they would be; near misses are among those that stay silent.
    expect(await promtool('test', 'rules', ...(await pathsOf('deploy/prometheus/tests')))).toMatchObject(
      content,
    );
  });
});

async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'longspan-alerts-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}
