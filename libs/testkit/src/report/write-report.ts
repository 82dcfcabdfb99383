import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EvidenceFile } from '../evidence/findings.ts';
import { judge, type Evidenced, type Judgement } from './judgement.ts';
import type { RunFile } from './run-file.ts';
import { suitePage } from './suite-page.ts';
import { SUITES } from './suites.ts';
import { summaryMarkdown } from './summary-markdown.ts';
import { summaryPage } from './summary-page.ts';

const DATA = 'data';
const RUN = 'run.json';

/**
 * Writes the reports of a run into `folder`, whose `data/` has the run and the evidence: `summary.md`, `index.html`
 * and a page for each suite that was run. Resolves to what they say. Rejects if there is no run in the folder.
 */
export async function writeReport(folder: string): Promise<Judgement> {
  const run: RunFile = JSON.parse(await readFile(join(folder, DATA, RUN), 'utf8'));
  const judgement = judge(run, await readEvidence(folder), SUITES);
  const pages = judgement.suites
    .filter(({ status }) => status !== 'not run')
    .map((report) => [`${report.suite.name}.html`, suitePage(report, judgement)] as const);
  const files = [
    ['summary.md', summaryMarkdown(judgement)] as const,
    ['index.html', summaryPage(judgement)] as const,
    ...pages,
  ];
  await Promise.all(files.map(([name, content]) => writeFile(join(folder, name), content)));
  return judgement;
}

/** All evidence of a folder of reports, in the order in which it was begun. */
export async function readEvidence(folder: string): Promise<readonly Evidenced[]> {
  const names = (await readdir(join(folder, DATA))).filter((name) => name.endsWith('.json') && name !== RUN);
  const read = names.map(async (name): Promise<Evidenced> => {
    const evidence: EvidenceFile = JSON.parse(await readFile(join(folder, DATA, name), 'utf8'));
    return { path: `${DATA}/${name}`, evidence };
  });
  const all = await Promise.all(read);
  return all.toSorted((a, b) => a.evidence.startedAt.localeCompare(b.evidence.startedAt));
}
