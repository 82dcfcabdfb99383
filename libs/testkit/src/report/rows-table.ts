import { html, type Html } from './html.ts';
import type { Row } from './judgement.ts';
import { badge } from './page.ts';
import { statusOf } from './wording.ts';

/** Rows under a line of their own. */
export interface RowGroup {
  readonly heading: Html | undefined;
  readonly rows: readonly Row[];
}

/** Metric, requirement, achieved and status of each row; what was achieved links to its data. */
export function rowsTable(groups: readonly RowGroup[]): Html {
  return html`<div class="table">
    <table class="rows">
      <thead>
        <tr>
          <th>Metric</th>
          <th>Requirement</th>
          <th>Achieved</th>
          <th>Status</th>
        </tr>
      </thead>
      <tbody>
        ${groups.flatMap(({ heading, rows }) => [...(heading === undefined ? [] : [headingLine(heading)]), ...rows.map(rowLine)])}
      </tbody>
    </table>
  </div>`;
}

function headingLine(heading: Html): Html {
  return html`<tr class="suite">
    <td colspan="4">${heading}</td>
  </tr> `;
}

function rowLine(row: Row): Html {
  return html`<tr>
    <td>${row.metric}<br /><span class="kind">${row.kind}</span></td>
    <td>${row.requirement}</td>
    <td class="pre number"><a href="${row.source}">${row.achieved}</a></td>
    <td>${badge(statusOf(row))}</td>
  </tr> `;
}
