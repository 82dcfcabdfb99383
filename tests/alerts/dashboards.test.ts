import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { grafanaJson } from '../../deploy/grafana/src/dashboard.ts';
import { DASHBOARDS } from '../../deploy/grafana/src/dashboards.ts';
import { DASHBOARD_FOLDER, readDashboards } from './dashboard-files.ts';
import { filesOf, textOf } from './deployment.ts';

test('the dashboards are what their descriptions in deploy/grafana/src say', async () => {
  // Goal: nobody edits a file that is written anew. Method: as `node deploy/grafana/src/write-dashboards.ts` would write them.
  const names = DASHBOARDS.map(({ name }) => `${name}.json`);
  expect((await filesOf(DASHBOARD_FOLDER)).map((file) => basename(file))).toEqual(names.toSorted());
  for (const each of DASHBOARDS) {
    const written: unknown = JSON.parse(await textOf(`${DASHBOARD_FOLDER}/${each.name}.json`));
    expect(written).toEqual(JSON.parse(JSON.stringify(grafanaJson(each))));
  }
});

test('every panel has a title, an explanation, a unit and something to show, and none overlaps another', async () => {
  // Goal: dashboards that can be read, and that Grafana takes. Method: reading checks their form; each cell of the grid is taken once.
  const dashboards = await readDashboards();
  expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(dashboards.length);
  for (const { panels, templating } of dashboards) {
    expect(templating.list[0]).toMatchObject({ name: 'datasource', type: 'datasource', query: 'prometheus' });
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: at }) =>
      Array.from({ length: at.w * at.h }, (_, i) => `${at.x + (i % at.w)},${at.y + Math.floor(i / at.w)}`),
    );
    expect(cells).toHaveLength(new Set(cells).size);
    for (const each of panels) {
      expect(each.gridPos.x + each.gridPos.w).toBeLessThanOrEqual(24);
      if (each.type === 'row') continue;
      expect(new Set(each.targets.map(({ refId }) => refId)).size).toBe(each.targets.length);
    }
  }
});
