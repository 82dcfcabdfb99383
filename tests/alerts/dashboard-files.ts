import { z } from 'zod';
import { filesOf, textOf } from './deployment.ts';

export const DASHBOARD_FOLDER = 'deploy/grafana/dashboards';

/** A dashboard asks whichever Prometheus is chosen at its top. */
const datasource = z.object({ type: z.literal('prometheus'), uid: z.literal('${datasource}') });
const gridPos = z.strictObject({ x: z.number(), y: z.number(), w: z.number().min(3), h: z.number().min(1) });
const target = z.object({
  refId: z.string(),
  expr: z.string().min(1),
  legendFormat: z.string().min(1),
  datasource,
});
const panel = z.object({
  id: z.number(),
  type: z.enum(['timeseries', 'stat', 'heatmap', 'state-timeline']),
  title: z.string().min(1),
  description: z.string().min(10),
  gridPos,
  datasource,
  targets: z.array(target).min(1),
  fieldConfig: z.object({ defaults: z.object({ unit: z.string().min(1) }) }),
});
const row = z.object({ id: z.number(), type: z.literal('row'), title: z.string().min(1), gridPos });
const datasourceChoice = z.object({
  name: z.literal('datasource'),
  type: z.literal('datasource'),
  query: z.literal('prometheus'),
});
const labelChoice = z.object({
  name: z.string(),
  type: z.literal('query'),
  datasource,
  query: z.object({ qryType: z.literal(1), query: z.string().regex(/^label_values\(\w+, \w+\)$/) }),
});
const dashboard = z.object({
  uid: z.string(),
  title: z.string(),
  annotations: z.object({ list: z.array(z.object({ name: z.string(), expr: z.string(), datasource })) }),
  templating: z.object({ list: z.array(z.union([datasourceChoice, labelChoice])) }),
  panels: z.array(z.union([row, panel])),
});

type DashboardFile = z.output<typeof dashboard>;

/** Every dashboard; rejects if one is not of the form that all are to have. */
export async function readDashboards(): Promise<readonly DashboardFile[]> {
  const files = await filesOf(DASHBOARD_FOLDER);
  return await Promise.all(files.map(async (file) => dashboard.parse(JSON.parse(await textOf(file)))));
}
