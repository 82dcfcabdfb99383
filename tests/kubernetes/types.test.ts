import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kubectl, OVERLAYS, render, ROOT, type Manifest } from './manifests.ts';

/*
 * Manifests against the types of Kubernetes 1.36 and of the custom resources they use. The models' own validation knows values
 * and required fields, and lets unknown fields pass; the compiler knows fields, and does not let any pass that is written out.
 */
const CRDS: Readonly<Record<string, string>> = {
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
  'gateway.networking.k8s.io': '@kubernetes-models/gateway-api',
};
/** Inside the project, where modules are found. */
const folder = join(ROOT, '.longspan', `manifests-${process.pid}`);

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(kubectl === undefined)('of each overlay', () => {
  test.each(OVERLAYS)('%s renders to resources that Kubernetes takes', async (overlay) => {
    const manifests = await render(overlay);
    expect(manifests.length).toBeGreaterThan(20);
    for (const manifest of manifests) await validate(manifest);
    expect(complaints(overlay, manifests)).toBe('');
  });
});

test('a misspelt field and a wrong value are found', async () => {
  // Goal: the checks above can fail. Method: one mistake of each kind.
  const service = (spec: object): Manifest => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'x' },
    spec,
  });
  expect(complaints('misspelt', [service({ selektor: { a: 'b' } })])).toContain(
    `'"selektor"' does not exist`,
  );
  await expect(validate(service({ ports: [{ port: 'eighty' }] }))).rejects.toThrow('port');
});

/** Throws if the models' schema does not take it. */
async function validate(manifest: Manifest): Promise<void> {
  const module = (await import(moduleOf(manifest))) as Record<
    string,
    new (data: unknown) => { validate(): void }
  >;
  const Model = module[manifest.kind];
  if (!Model) throw new Error(`no model of ${manifest.kind}`);
  new Model(manifest).validate();
}

/** What the compiler says of the manifests, written out as constants of their types. */
function complaints(name: string, manifests: readonly Manifest[]): string {
  const types = new Map(manifests.map((manifest) => [manifest.kind, moduleOf(manifest)]));
  const lines = [
    ...[...types].map(([kind, module]) => `import type { I${kind} } from '${module}';`),
    ...manifests.map(
      (manifest, i) => `export const m${i}: I${manifest.kind} = ${JSON.stringify(manifest, null, 2)};`,
    ),
  ];
  const file = join(folder, `${name}.ts`);
  writeFileSync(file, lines.join('\n'));
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--ignoreConfig'];
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  return spawnSync(process.execPath, [tsc, ...options, file], { encoding: 'utf8' }).stdout;
}

function moduleOf({ apiVersion, kind }: Manifest): string {
  const [group = ''] = apiVersion.split('/');
  return `${CRDS[group] ?? 'kubernetes-models'}/${apiVersion}/${kind}`;
}
