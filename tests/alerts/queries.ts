import { readDashboards } from './dashboard-files.ts';
import { filesOf, readRules, RUNBOOKS, textOf } from './deployment.ts';

/** The queries of all rules. */
export async function ruleQueries(): Promise<readonly string[]> {
  const { alerts, records } = await readRules();
  return [...alerts, ...records].map(({ expr }) => String(expr));
}

/** Every line of the runbooks' PromQL blocks. */
export async function runbookQueries(): Promise<readonly string[]> {
  const pages = await Promise.all((await filesOf(RUNBOOKS)).map(textOf));
  const blocks = pages.flatMap((page) =>
    [...page.matchAll(/^```promql\n(.*?)\n```$/gms)].map(([, text = '']) => text),
  );
  return blocks.flatMap((block) => block.split('\n'));
}

/** What dashboards, their annotations and the choices at their tops ask, with five minutes where Grafana puts in a range. */
export async function dashboardQueries(): Promise<readonly string[]> {
  const dashboards = await readDashboards();
  const asked = dashboards.flatMap(({ annotations, panels, templating }) => [
    ...templating.list.flatMap((choice) => (choice.type === 'query' ? [seriesOf(choice.query.query)] : [])),
    ...annotations.list.map(({ expr }) => expr),
    ...panels.flatMap((each) => (each.type === 'row' ? [] : each.targets.map(({ expr }) => expr))),
  ]);
  return asked.map((expr) => expr.replaceAll('$__rate_interval', '5m'));
}

/** `label_values(metric, label)` asks for the series of the metric that have the label. */
function seriesOf(choice: string): string {
  return choice.replace(/^label_values\((\w+), (\w+)\)$/, '$1{$2!=""}');
}

/** All of them. */
export async function allQueries(): Promise<readonly string[]> {
  return (await Promise.all([ruleQueries(), runbookQueries(), dashboardQueries()])).flat();
}
