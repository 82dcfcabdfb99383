import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '../..');
/** Where runbooks are, as alerts name them. */
export const RUNBOOKS = 'docs/runbooks';

const alertRule = z.strictObject({
  alert: z.string(),
  expr: z.string(),
  for: z.string().optional(),
  labels: z.strictObject({ severity: z.enum(['page', 'ticket']) }),
  annotations: z.strictObject({ summary: z.string(), description: z.string(), runbook_url: z.string() }),
});
const recordRule = z.strictObject({ record: z.string(), expr: z.union([z.string(), z.number()]) });
const ruleFile = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      interval: z.string().optional(),
      rules: z.array(z.union([alertRule, recordRule])),
    }),
  ),
});
const ruleTests = z.object({
  tests: z.array(
    z.object({
      alert_rule_test: z.array(
        z.object({ alertname: z.string(), exp_alerts: z.array(z.object({})).default([]) }),
      ),
    }),
  ),
});

export type AlertRule = z.output<typeof alertRule>;
export type RecordRule = z.output<typeof recordRule>;

/** Paths of the files of a folder, from the root of the work tree. */
export async function filesOf(folder: string): Promise<readonly string[]> {
  return (await readdir(join(ROOT, folder))).toSorted().map((name) => `${folder}/${name}`);
}

/** The same, as programs take them. */
export async function pathsOf(folder: string): Promise<readonly string[]> {
  return (await filesOf(folder)).map(pathOf);
}

export function pathOf(file: string): string {
  return join(ROOT, file);
}

/** A file's text; `path` is from the root of the work tree. */
export async function textOf(path: string): Promise<string> {
  return await readFile(join(ROOT, path), 'utf8');
}

/** Every alert and record of deploy/prometheus/rules. */
export async function readRules(): Promise<{
  readonly alerts: readonly AlertRule[];
  readonly records: readonly RecordRule[];
}> {
  const files = await filesOf('deploy/prometheus/rules');
  const parsed = await Promise.all(files.map(async (file) => ruleFile.parse(parse(await textOf(file)))));
  const rules = parsed.flatMap(({ groups }) => groups).flatMap((group) => group.rules);
  return {
    alerts: rules.filter((rule) => 'alert' in rule),
    records: rules.filter((rule) => 'record' in rule),
  };
}

/** For each alert, how many tests see it fire and how many see it silent. */
export async function readRuleCases(): Promise<ReadonlyMap<string, { fires: number; silent: number }>> {
  const cases = new Map<string, { fires: number; silent: number }>();
  for (const file of await filesOf('deploy/prometheus/tests')) {
    const { tests } = ruleTests.parse(parse(await textOf(file)));
    for (const { alertname, exp_alerts } of tests.flatMap((test) => test.alert_rule_test)) {
      const seen = cases.get(alertname) ?? { fires: 0, silent: 0 };
      const outcome = exp_alerts.length > 0 ? 'fires' : 'silent';
      cases.set(alertname, { ...seen, [outcome]: seen[outcome] + 1 });
    }
  }
  return cases;
}
