import type { Panel } from './panel.ts';

/** Panels side by side under a heading. */
export interface Row {
  readonly title: string;
  /** Of its panels, in Grafana's units of about 38 pixels. */
  readonly height: number;
  readonly panels: readonly Panel[];
}

export interface Dashboard {
  /** Of its file, and after `longspan-` in its address. */
  readonly name: string;
  readonly title: string;
  readonly says: string;
  /** A choice of edges at the top, which queries use as `$instance`. */
  readonly choosesEdges?: boolean;
  readonly rows: readonly Row[];
}

/** Grafana's grid is this wide. */
const WIDTH = 24;
const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };
/** The same thing has the same colour everywhere: by the label that names a series, or by the name itself. */
const COLOURS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '{{how}}': { live: 'green', replayed: 'blue' },
  '{{state}}': { live: 'green', replaying: 'blue', joining: 'yellow', lagging: 'orange' },
  '{{reason}}': { expired: 'orange', rewound: 'red', reset: 'dark-red' },
  '{{outcome}}': {
    committed: 'green',
    confirmed: 'green',
    completed: 'green',
    sent: 'green',
    duplicate: 'blue',
    stopped: 'blue',
    failed: 'orange',
    dead: 'red',
  },
  published: { published: 'purple' },
  baseline: { baseline: 'yellow' },
  p50: { p50: 'green' },
  p90: { p90: 'yellow' },
  p99: { p99: 'orange' },
};

/** A dashboard in Grafana's JSON. */
export function grafanaJson({ name, title, says, choosesEdges, rows }: Dashboard): object {
  return {
    uid: `longspan-${name}`,
    title: `Longspan: ${title}`,
    description: says,
    tags: ['longspan'],
    schemaVersion: 41,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    timepicker: {},
    links: [{ type: 'dashboards', title: 'Longspan', tags: ['longspan'], keepTime: true, asDropdown: false }],
    annotations: { list: [gaps, drains, reconnects] },
    templating: { list: [datasource, ...(choosesEdges === true ? [edges] : [])] },
    panels: placed(rows),
  };
}

const datasource = {
  type: 'datasource',
  name: 'datasource',
  label: 'Prometheus',
  query: 'prometheus',
  current: {},
  hide: 0,
};

const edges = {
  type: 'query',
  name: 'instance',
  label: 'Edge',
  datasource: DATASOURCE,
  definition: 'label_values(longspan_edge_draining, instance)',
  // 1: the values of a label.
  query: { qryType: 1, query: 'label_values(longspan_edge_draining, instance)', refId: 'edges' },
  refresh: 2,
  sort: 1,
  multi: true,
  includeAll: true,
  allValue: '.+',
  current: { text: 'All', value: '$__all' },
};

const gaps = annotation(
  'Gaps told',
  'red',
  'sum by (reason) (increase(longspan_edge_gaps_total[1m])) > 0',
  '{{reason}}',
);
const drains = annotation('Edges draining', 'blue', 'longspan_edge_draining == 1', '{{instance}}');
const reconnects = annotation(
  'NATS reconnects',
  'purple',
  'sum by (job) (increase(longspan_nats_reconnects_total[1m])) > 0',
  '{{job}}',
);

function annotation(name: string, iconColor: string, expr: string, textFormat: string): object {
  const shown = { enable: true, hide: false, step: '1m', useValueForTime: false };
  return { name, datasource: DATASOURCE, expr, iconColor, titleFormat: name, textFormat, ...shown };
}

/** Rows from top to bottom, their panels from left to right with equal widths. */
function placed(rows: readonly Row[]): readonly object[] {
  let id = 0;
  let y = 0;
  return rows.flatMap(({ title, height, panels }) => {
    const heading = { id: ++id, type: 'row', title, collapsed: false, panels: [] };
    const top = { ...heading, gridPos: { x: 0, y, w: WIDTH, h: 1 } };
    const w = WIDTH / panels.length;
    const below = panels.map((panel, i) => ({
      id: ++id,
      ...panelJson(panel),
      gridPos: { x: Math.round(i * w), y: y + 1, w: Math.round((i + 1) * w) - Math.round(i * w), h: height },
    }));
    y += 1 + height;
    return [top, ...below];
  });
}

function panelJson(panel: Panel): object {
  const { kind, title, says, queries } = panel;
  return {
    type: kind,
    title,
    description: says,
    datasource: DATASOURCE,
    targets: queries.map(({ expr, legend, format }, i) => ({
      refId: String.fromCodePoint('A'.codePointAt(0)! + i),
      datasource: DATASOURCE,
      editorMode: 'code',
      expr,
      legendFormat: legend,
      range: kind !== 'stat',
      instant: kind === 'stat',
      ...(format === undefined ? {} : { format }),
    })),
    fieldConfig: { defaults: { ...defaultsOf(panel) }, overrides: overridesOf(panel) },
    options: OPTIONS[kind],
  };
}

const OPTIONS: Readonly<Record<Panel['kind'], object>> = {
  timeseries: {
    legend: {
      displayMode: 'table',
      placement: 'bottom',
      calcs: ['mean', 'max', 'lastNotNull'],
      showLegend: true,
    },
    tooltip: { mode: 'multi', sort: 'desc' },
  },
  stat: {
    reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    colorMode: 'background',
    graphMode: 'none',
    justifyMode: 'center',
    textMode: 'auto',
  },
  heatmap: {
    calculate: false,
    cellGap: 1,
    color: { mode: 'scheme', scheme: 'Oranges', exponent: 0.5, steps: 64, reverse: false },
    yAxis: { unit: 's', axisPlacement: 'left' },
    legend: { show: true },
    tooltip: { mode: 'single', yHistogram: true },
  },
  'state-timeline': {
    showValue: 'never',
    mergeValues: true,
    rowHeight: 0.8,
    legend: { showLegend: false },
    tooltip: { mode: 'single' },
  },
};

function defaultsOf({ kind, unit, thresholds, isStacked, states }: Panel): object {
  const steps = [
    { value: null, color: 'green' },
    ...(thresholds ?? []).map(({ at, colour }) => ({ value: at, color: colour })),
  ];
  const common = { unit, min: 0, thresholds: { mode: 'absolute', steps } };
  if (kind === 'timeseries') {
    return {
      ...common,
      color: { mode: 'palette-classic' },
      custom: {
        lineWidth: 1,
        fillOpacity: isStacked === true ? 40 : 8,
        showPoints: 'never',
        spanNulls: false,
        stacking: { mode: isStacked === true ? 'normal' : 'none', group: 'A' },
        thresholdsStyle: { mode: thresholds === undefined ? 'off' : 'line' },
      },
    };
  }
  if (states === undefined) return { ...common, color: { mode: 'thresholds' }, noValue: '–' };
  const mappings = [
    {
      type: 'value',
      options: { 0: { text: states[0], color: 'red' }, 1: { text: states[1], color: 'green' } },
    },
  ];
  return { ...common, color: { mode: 'thresholds' }, mappings, noValue: '–' };
}

function overridesOf({ kind, queries }: Panel): readonly object[] {
  if (kind !== 'timeseries') return [];
  const colours = queries.flatMap(({ legend }) => Object.entries(COLOURS[legend] ?? {}));
  return colours.map(([name, fixedColor]) => ({
    matcher: { id: 'byName', options: name },
    properties: [{ id: 'color', value: { mode: 'fixed', fixedColor } }],
  }));
}
