import type { Judgement, Row, SuiteReport } from './judgement.ts';
import { verdictOf } from './summary-page.ts';
import { circumstances, duration, SIGNS, statusOf } from './wording.ts';

/** The summary as Markdown: the same table as on the page, for terminals and pull requests. */
export function summaryMarkdown(judgement: Judgement): string {
  const { passed, run, suites } = judgement;
  const lines = [
    '# Longspan: the validation',
    '',
    `**${SIGNS[passed ? 'passed' : 'failed']} ${passed ? 'Passed' : 'Failed'}.** ${verdictOf(judgement)}`,
    '',
    ...circumstances(run).map(([name, value]) => `- ${name}: ${value}`),
    '',
    '| suite | metric | requirement | achieved | status |',
    '| --- | --- | --- | --- | --- |',
    ...suites.flatMap(tableLines),
    '',
    'The same with plots: [index.html](index.html). What it came from: [data](data/).',
    '',
  ];
  return lines.join('\n');
}

function tableLines({ suite, status, rows, step }: SuiteReport): readonly string[] {
  if (status === 'not run') return [tableLine([suite.title, '', '', '', `${SIGNS[status]} not run`])];
  const took = step === undefined ? '' : `, ${duration(step.durationMs)}`;
  return rows.map((row, i) => tableLine([i === 0 ? `**${suite.title}**${took}` : '', ...cellsOf(row)]));
}

function cellsOf(row: Row): readonly string[] {
  const { metric, requirement, achieved, source } = row;
  const status = statusOf(row);
  return [plain(metric), plain(requirement), `[${plain(achieved)}](${source})`, `${SIGNS[status]} ${status}`];
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Text that stays within its cell. */
function plain(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ⏎ ').replaceAll(/[\\|[\]<>*_`]/g, String.raw`\$&`);
}
