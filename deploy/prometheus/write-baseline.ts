// `node deploy/prometheus/write-baseline.ts`: writes rules/baseline.yaml anew from tests/performance/baseline.json.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { baselineRules, type StoredBaseline } from './baseline-rules.ts';

const stored: StoredBaseline = JSON.parse(
  await readFile(join(import.meta.dirname, '../../tests/performance/baseline.json'), 'utf8'),
);
await writeFile(join(import.meta.dirname, 'rules/baseline.yaml'), baselineRules(stored));
