import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const PAGE = join(import.meta.dirname, '../../../../docs/telemetry.md');
/** `| \`name\` | kind | labels | meaning |` */
const ROW = /^\| `([a-z][a-z0-9_.]*)` \| (counter|gauge|histogram)(?:, ([a-z]+))? \| ([^|]*?) ?\| /;
const LABEL = /(?:^|, )`([^`]+)`(?=:|,|$)/g;

/** A metric as docs/telemetry.md promises it. */
export interface DocumentedMetric {
  /** Who emits it: the table's heading, such as `Every service` or `Edge`. */
  readonly section: string;
  /** OpenTelemetry's, such as `longspan.edge.delivered.size`. */
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  /** `s`, `bytes`, `events`; undefined for plain counts. */
  readonly unit: string | undefined;
  /** OpenTelemetry's names, such as `http.route`. */
  readonly labels: readonly string[];
}

/** Every metric in the tables of docs/telemetry.md. */
export async function documentedMetrics(): Promise<readonly DocumentedMetric[]> {
  const lines = (await readFile(PAGE, 'utf8')).split('\n');
  let section = '';
  return lines.flatMap((line) => {
    if (line.startsWith('### ')) section = line.slice('### '.length);
    const row = ROW.exec(line);
    if (row === null) return [];
    const [, name = '', kind, unit, labels = ''] = row;
    const labelNames = [...labels.matchAll(LABEL)].map(([, label = '']) => label);
    return [{ section, name, kind: kind as DocumentedMetric['kind'], unit, labels: labelNames }];
  });
}
