import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { ROOT } from './manifests.ts';

const RULES = join(ROOT, 'deploy/prometheus/rules');
const MANIFEST = join(ROOT, 'k8s/components/monitoring/rules.yaml');

interface Group {
  readonly name: string;
  readonly rules: readonly { readonly expr: string | number }[];
}

test('the operator’s rules are those of deploy/prometheus', () => {
  // Goal: one set of rules, tested by promtool, everywhere. Method: compare; LONGSPAN_RULES=write writes them anew.
  const groups = readdirSync(RULES)
    .toSorted()
    .flatMap(
      (file) => (parse(readFileSync(join(RULES, file), 'utf8')) as { groups: readonly Group[] }).groups,
    )
    // What Prometheus reads as a number the operator wants as text.
    .map((group) => ({ ...group, rules: group.rules.map((rule) => ({ ...rule, expr: String(rule.expr) })) }));
  const manifest = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: {
      name: 'longspan',
      namespace: 'longspan',
      labels: { 'app.kubernetes.io/part-of': 'longspan' },
    },
    spec: { groups },
  };
  if (process.env['LONGSPAN_RULES'] === 'write') {
    const head =
      '# Made from deploy/prometheus/rules by `LONGSPAN_RULES=write npm test -- tests/kubernetes/rules`.\n';
    writeFileSync(MANIFEST, head + stringify(manifest, { lineWidth: 0, aliasDuplicateObjects: false }));
  }
  expect(parse(readFileSync(MANIFEST, 'utf8'))).toEqual(manifest);
});
