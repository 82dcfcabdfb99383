import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { at, kubectl, parseManifests, ROOT } from './manifests.ts';

const page = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');

test('every file of ours that docs/operations.md names is there', () => {
  const named = [...page.matchAll(/(?<![\w/.])(?:k8s|deploy|tests)\/[\w./-]*\w/g)].map(([path]) => path);
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test.skipIf(kubectl === undefined)(
  'an overlay made as docs/operations.md says renders to what it says',
  () => {
    // Goal: whoever follows the page literally gets a manifest. Method: the production overlay with the page's own lines added.
    const lines = /```yaml\n(images:[\s\S]*?)```/.exec(page)?.[1] ?? '';
    const folder = join(ROOT, 'k8s/overlays', `of-the-page-${process.pid}`);
    mkdirSync(folder);
    try {
      const production = readFileSync(join(ROOT, 'k8s/overlays/production/kustomization.yaml'), 'utf8');
      writeFileSync(join(folder, 'kustomization.yaml'), production + lines);
      const manifests = parseManifests(
        execFileSync(kubectl ?? '', ['kustomize', folder], { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 }),
      );
      const route = manifests.find(({ kind, metadata }) => kind === 'HTTPRoute' && metadata.name === 'edge');
      expect(at(route, 'spec.hostnames')).toEqual(['live.your.domain']);
      const edge = manifests.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'edge');
      expect(at(edge, 'spec.template.spec.containers.0.image')).toBe('registry.example.com/longspan:0.1.0');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
