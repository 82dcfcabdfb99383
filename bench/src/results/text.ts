const DIGITS = 3;

/** A figure for people: three digits, and all before the point. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const whole = Math.abs(value) >= 100;
  return value.toLocaleString(
    'en',
    whole ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: DIGITS },
  );
}

/** With the spread of the rounds, where there are several: `29,700 (28,900–30,100)`. */
export function spreadText(summary: {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly rounds: number;
}): string {
  const { median, low, high, rounds } = summary;
  const spread = rounds > 1 ? ` (${numberText(low)}–${numberText(high)})` : '';
  return `${numberText(median)}${spread}`;
}

/** A table in Markdown whose columns are aligned, so that it reads well as it is, too. The first row is the head. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(3, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  const [head, ...body] = rows;
  if (head === undefined) return '';
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(line)].join(
    '\n',
  );
}

/** Rows for columns. */
export function transposed(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] ?? ''));
}

/** What went wrong, in a line: the first one and, where a log follows, the first of that which names an error. */
export function briefly(reason: string): string {
  const [first = '', ...log] = reason.split('\n');
  const error = log.find((line) => /error:/i.test(line));
  return error === undefined ? first : `${first} ${error.trim()}`;
}
