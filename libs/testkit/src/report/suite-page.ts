import type { EvidenceFile, Mark } from '../evidence/findings.ts';
import { html, Html } from './html.ts';
import type { Evidenced, Judgement, SuiteReport } from './judgement.ts';
import { badge, page } from './page.ts';
import { plotsOf, type Plot } from './plots.ts';
import { rowsTable } from './rows-table.ts';
import { circumstances, duration } from './wording.ts';

const MARKS_SHOWN = 200;

/** One suite's report: its findings, and for each of its tests the plots, distributions and marks. */
export function suitePage(report: SuiteReport, { run }: Judgement): string {
  const { suite, status, rows, step, evidence } = report;
  const ranWith = circumstances(run)
    .map(([name, value]) => `${name} ${value}`)
    .join(' · ');
  const body = html` <p class="quiet"><a href="index.html">The validation</a></p>
    <h1>${suite.title}</h1>
    <p class="lead">${suite.shows}</p>
    <p>
      ${badge(status)}
      <span class="quiet">${step === undefined ? '' : `took ${duration(step.durationMs)}`}</span>
    </p>
    <p class="quiet">${ranWith}</p>
    ${rows.length === 0 ? html`` : rowsTable([{ heading: undefined, rows }])}
    ${step === undefined ? html`` : html`<p class="quiet"><a href="${step.log}">What it printed</a></p>`}
    ${evidence.map(testSection)}`;
  return page(`${suite.title} · Longspan`, body);
}

function testSection({ path, evidence }: Evidenced): Html {
  const plots = plotsOf(evidence);
  return html` <h2>${evidence.title}</h2>
    <p class="quiet">
      ${evidence.findings.length} findings · took ${duration(evidence.durationMs)} · seed
      <code>${evidence.seed}</code> · <a href="${path}">data</a>${evidence.attachments.map(rawLogs)}
    </p>
    ${distributionsTable(evidence)} ${plots.map(figure)} ${marksList(evidence.marks)}`;
}

function rawLogs(name: string): Html {
  const audited = name.split('.').at(-4) ?? name;
  return html` · <a href="data/${name}">raw logs of ${audited.replaceAll('-', ' ')}</a>`;
}

function figure({ title, caption, svg }: Plot): Html {
  return html`<figure>
    <h4>${title}</h4>
    ${new Html(svg)}
    <figcaption>${caption}</figcaption>
  </figure> `;
}

function distributionsTable({ distributions }: EvidenceFile): Html {
  const filled = distributions.filter(({ count }) => count > 0);
  if (filled.length === 0) return html``;
  const ms = (value: number) => value.toLocaleString('en', { maximumSignificantDigits: 3 });
  return html`<div class="table">
    <table class="number">
      <thead>
        <tr>
          <th>Durations in ms</th>
          <th>count</th>
          <th>p50</th>
          <th>p90</th>
          <th>p99</th>
          <th>p99.9</th>
          <th>max</th>
        </tr>
      </thead>
      <tbody>
        ${filled.map(
          ({ name, count, p50, p90, p99, p999, max }) =>
            html`<tr>
              <td>${name}</td>
              <td>${count.toLocaleString('en')}</td>
              ${[p50, p90, p99, p999, max].map((value) => html`<td>${ms(value)}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

/** In full, since a plot has no room for the texts of many. */
function marksList(marks: readonly Mark[]): Html {
  if (marks.length === 0) return html``;
  const items = marks
    .slice(0, MARKS_SHOWN)
    .map(({ atMs, what }) => html`<li><code>${(atMs / 1_000).toFixed(1)} s</code> ${what}</li>`);
  const rest = marks.length - items.length;
  return html`<details>
    <summary>What was done to the system (${marks.length})</summary>
    <div class="scroll">
      <ol>
        ${items}
      </ol>
      ${rest > 0 ? `and ${rest} more, in the data` : ''}
    </div>
  </details>`;
}
