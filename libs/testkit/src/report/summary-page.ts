import { html, type Html } from './html.ts';
import type { Judgement, SuiteReport } from './judgement.ts';
import { badge, page } from './page.ts';
import { rowsTable, type RowGroup } from './rows-table.ts';
import { circumstances, duration } from './wording.ts';

/** The page that tells the whole run: what was asked, what was seen, with what, and where to look further. */
export function summaryPage(judgement: Judgement): string {
  const { passed, run, suites } = judgement;
  const rows = suites.flatMap((suite) => suite.rows);
  const failures = suites.filter(({ status }) => status === 'failed');
  const findings = rows.filter(({ kind }) => kind !== 'tests');
  const tests = run.steps.reduce((sum, step) => sum + step.passed, 0);
  const body = html` <h1>Longspan: the validation</h1>
    <p class="lead">${badge(passed ? 'passed' : 'failed')} ${verdictOf(judgement)}</p>
    <div class="tiles">
      ${tile(`${findings.filter(({ holds }) => holds).length} of ${findings.length}`, 'findings hold')}
      ${tile(tests.toLocaleString('en'), 'tests passed')}
      ${tile(`${suites.filter(({ status }) => status === 'passed').length} of ${suites.length}`, 'suites passed')}
      ${tile(duration(run.durationMs), `at scale ${run.scale}`)}
    </div>
    ${circumstancesList(judgement)} ${failures.length === 0 ? html`` : failuresSection(failures)}
    <h2>What was asked, and what was seen</h2>
    <p class="quiet">
      A promise is about correctness. A figure is a measurement on this machine. Each claim links to the data
      it came from.
    </p>
    ${rowsTable(suites.filter(({ status }) => status !== 'not run').map(suiteGroup))} ${notRun(suites)}
    <p class="quiet">
      Run it again with the same chance: <code>LONGSPAN_SEED</code> or
      <code>npm run validate -- --seed ${run.seed}</code>.
    </p>`;
  return page('Longspan: the validation', body);
}

/** What came of it, in a sentence. */
export function verdictOf({ passed, suites }: Judgement): string {
  const failed = suites.filter(({ status }) => status === 'failed');
  const left = suites.filter(({ status }) => status === 'not run');
  const partly = left.length > 0 ? ` ${left.length} of ${suites.length} suites were not asked for.` : '';
  if (passed) return `Every promise and every figure holds.${partly}`;
  return `It did not hold in ${failed.map(({ suite }) => suite.title.toLowerCase()).join(', ')}.${partly}`;
}

function tile(value: string, label: string): Html {
  return html`<div class="tile"><b>${value}</b><span>${label}</span></div>`;
}

function circumstancesList({ run }: Judgement): Html {
  const pairs = circumstances(run).map(
    ([name, value]) =>
      html`<div>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </div>`,
  );
  return html`<dl class="circumstances">${pairs}</dl>`;
}

function failuresSection(failures: readonly SuiteReport[]): Html {
  const broken = failures.map((report) => ({
    heading: link(report),
    rows: report.rows.filter(({ holds }) => !holds),
  }));
  return html`<h2>What did not hold</h2>
    ${rowsTable(broken)}`;
}

function suiteGroup(report: SuiteReport): RowGroup {
  const { suite, status, rows, step } = report;
  const took = step === undefined ? '' : ` Took ${duration(step.durationMs)}.`;
  const heading = html`${badge(status)}${link(report)}<br /><span class="quiet">${suite.shows}${took}</span>`;
  return { heading, rows };
}

function link({ suite }: SuiteReport): Html {
  return html`<a href="${suite.name}.html">${suite.title}</a>`;
}

function notRun(suites: readonly SuiteReport[]): Html {
  const left = suites.filter(({ status }) => status === 'not run');
  if (left.length === 0) return html``;
  return html`<h3>Not asked for</h3>
    <p class="quiet">${left.map(({ suite }) => suite.title).join(', ')}.</p>`;
}
