import type { ReactNode } from 'react';

/** A column: its heading, and what it shows of a row. */
export interface Column<Row> {
  readonly heading: string;
  /** What the heading means, where it is not plain. */
  readonly title?: string;
  readonly cell: (row: Row) => ReactNode;
  /** Texts begin at the left, figures end at the right. */
  readonly text?: boolean;
}

interface Props<Row> {
  readonly title: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** Whether nothing is known of a row now: of it only the first cell and `silent` are shown. */
  readonly silent?: (row: Row) => string | undefined;
  /** What there is to say where there are no rows. */
  readonly empty: string;
}

/** Rows of facts under headings; the first column names the row, and stays in sight where there is little room. */
export function DataTable<Row>({ title, columns, rows, keyOf, silent, empty }: Props<Row>) {
  const [first, ...others] = columns;
  return (
    <section className="card table-card" aria-label={title}>
      <header>
        <h3>{title}</h3>
        {rows.length > 1 && <small>{rows.length}</small>}
      </header>
      {rows.length === 0 ? (
        <p className="table-empty">{empty}</p>
      ) : (
        <div className="table-scroll" tabIndex={0} role="group" aria-label={`${title}, scrollable`}>
          <table>
            <thead>
              <tr>
                {columns.map(({ heading, title: meaning, text }) => (
                  <th key={heading} scope="col" title={meaning} data-text={text === true}>
                    {heading}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => {
                const why = silent?.(row);
                return (
                  <tr key={keyOf(row)} data-row={keyOf(row)} data-silent={why !== undefined}>
                    <th scope="row">{first?.cell(row)}</th>
                    {why === undefined ? (
                      others.map(({ heading, cell, text }) => (
                        <td key={heading} data-cell={heading} data-text={text === true}>
                          {cell(row)}
                        </td>
                      ))
                    ) : (
                      <td colSpan={others.length} data-text="true">
                        {why}
                      </td>
                    )}
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
