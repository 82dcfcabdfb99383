import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { EvidenceFile } from '../evidence/findings.ts';
import { holding, sampleDistribution, sampleEvidence, sampleRun, sampleStep } from './report-samples.ts';
import type { RunFile } from './run-file.ts';
import { writeReport } from './write-report.ts';

async function reportOf(run: RunFile, files: readonly EvidenceFile[]) {
  const folder = await mkdtemp(join(tmpdir(), 'longspan-report-'));
  await using _ = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
  await mkdir(join(folder, 'data'));
  await writeFile(join(folder, 'data/run.json'), JSON.stringify(run));
  for (const [i, file] of files.entries()) {
    await writeFile(join(folder, `data/${file.suite}-${i}.json`), JSON.stringify(file));
  }
  const judgement = await writeReport(folder);
  const names = (await readdir(folder)).filter((name) => name !== 'data');
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return { judgement, pages: new Map(names.map((name, i) => [name, texts[i] ?? ''])) };
}

test('every finding is in the summary, in both forms, and on its suite’s page, with a link to its data', async () => {
  // Goal: nothing that was claimed or seen is left out, and each claim can be followed. Method: two suites with three
  // findings; look for each, and for the file it came from.
  const figure = { ...holding('Reconnect p99'), kind: 'figure' as const, achieved: '41 ms' };
  const { judgement, pages } = await reportOf(sampleRun([sampleStep('chaos'), sampleStep('soak')]), [
    sampleEvidence('chaos', {
      findings: [holding('Events lost'), figure],
      distributions: [sampleDistribution('x')],
      attachments: ['chaos.events-lost.logs.jsonl.gz'],
    }),
    sampleEvidence('soak', { findings: [holding('Memory')] }),
  ]);
  expect(judgement.passed).toBe(true);
  expect([...pages.keys()].toSorted()).toEqual(['chaos.html', 'index.html', 'soak.html', 'summary.md']);
  for (const name of ['index.html', 'summary.md']) {
    for (const text of [
      'Events lost',
      'Reconnect p99',
      '41 ms',
      'Memory',
      'data/chaos-0.json',
      'data/soak-1.json',
    ]) {
      expect(pages.get(name)).toContain(text);
    }
    for (const text of ['a processor', 'v24.0.0', '2.15.1', '4711', 'abc1234', '2 min 5 s']) {
      expect(pages.get(name)).toContain(text);
    }
  }
  expect(pages.get('chaos.html')).toContain('Reconnect p99');
  expect(pages.get('chaos.html')).toContain('<svg');
  expect(pages.get('chaos.html')).toContain(
    '<a href="data/chaos.events-lost.logs.jsonl.gz">raw logs of events lost</a>',
  );
  expect(pages.get('soak.html')).not.toContain('Reconnect p99');
});

test('a finding that does not hold is shown as failed, above all', async () => {
  // Goal: no failure can be overlooked. Method: one broken figure among good ones.
  const broken = { ...holding('Reconnect p99'), kind: 'figure' as const, achieved: '410 ms', holds: false };
  const { judgement, pages } = await reportOf(sampleRun([sampleStep('chaos')]), [
    sampleEvidence('chaos', { findings: [holding('Events lost'), broken] }),
  ]);
  expect(judgement.passed).toBe(false);
  expect(pages.get('summary.md')).toContain('**✗ Failed.**');
  expect(pages.get('summary.md')).toMatch(/Reconnect p99 .*410 ms.* ✗ failed \|/);
  expect(pages.get('summary.md')).toMatch(/Events lost .* ✓ passed \|/);
  const [, failures = ''] = pages.get('index.html')?.split('What did not hold') ?? [];
  expect(failures.split('<h2>')[0]).toContain('410 ms');
  expect(failures.split('<h2>')[0]).not.toContain('Events lost');
});

test('a run of which nothing is left gets its report, too', async () => {
  // Goal: an interrupted run tells what it has seen. Method: no step, no evidence; all suites planned.
  const { judgement, pages } = await reportOf(sampleRun([], ['chaos', 'soak']), []);
  expect(judgement.passed).toBe(false);
  expect(pages.get('chaos.html')).toContain('were not run');
});

test('whatever a test writes stays text', async () => {
  // Goal: a strange name breaks no page and no table. Method: markup in every text.
  const nasty = '<script>alert(1)</script> | "a" \n b';
  const finding = {
    kind: 'promise' as const,
    metric: nasty,
    requirement: nasty,
    achieved: nasty,
    holds: true,
  };
  const { pages } = await reportOf(sampleRun([sampleStep('chaos')]), [
    sampleEvidence('chaos', {
      title: nasty,
      findings: [finding],
      marks: [{ atMs: 1_000, what: nasty }],
      distributions: [{ ...sampleDistribution('x'), name: nasty }],
    }),
  ]);
  for (const name of ['index.html', 'chaos.html']) expect(pages.get(name)).not.toContain('<script');
  const rows =
    pages
      .get('summary.md')
      ?.split('\n')
      .filter((line) => line.includes('alert')) ?? [];
  expect(rows.map((row) => row.replaceAll(String.raw`\|`, '').split('|').length)).toEqual([7]);
});
