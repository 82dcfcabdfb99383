// `node deploy/grafana/src/write-dashboards.ts`: writes deploy/grafana/dashboards/*.json anew.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { grafanaJson } from './dashboard.ts';
import { DASHBOARDS } from './dashboards.ts';

for (const dashboard of DASHBOARDS) {
  const file = join(import.meta.dirname, '../dashboards', `${dashboard.name}.json`);
  await writeFile(file, `${JSON.stringify(grafanaJson(dashboard), undefined, 2)}\n`);
}
