import { BarChart, LineChart, LinesChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkLineComponent } from 'echarts/components';
import { init, use, type EChartsCoreOption } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { Mark } from '../evidence/findings.ts';

use([BarChart, LineChart, LinesChart, GridComponent, LegendComponent, MarkLineComponent, SVGRenderer]);

/** Colours are the page's own, so that a plot follows it from light to dark. */
export const INK = 'var(--muted)';
export const SERIES_COLOURS = ['var(--blue)', 'var(--orange)', 'var(--teal)', 'var(--violet)', 'var(--rose)'];
const GRID_LINE = 'var(--line)';
const MARK_LINE = 'var(--mark)';

const WIDTH = 880;
const HEIGHT = 300;
const MARK_LANES = 3;
const LANE_HEIGHT = 15;
const TOP = 38;
const SIDES = 62;
const CHAR_WIDTH = 6.2;
const FONT = 'system-ui, sans-serif';
const NUMBER = new Intl.NumberFormat('en', { maximumSignificantDigits: 3, notation: 'compact' });

export interface Line {
  readonly name: string;
  readonly colour: string;
  /** `null` breaks the line. */
  readonly points: readonly (readonly [x: number, y: number | null])[];
  readonly faint?: boolean;
}

export interface Chart {
  readonly lines: readonly Line[];
  readonly xAxis: Readonly<Record<string, unknown>>;
  readonly yAxis: Readonly<Record<string, unknown>>;
  /** Drawn as upright lines; with their text where there is room for it. */
  readonly marks?: readonly Mark[];
  /** The end of the x axis in seconds, for placing the marks' texts. */
  readonly endSeconds?: number;
}

/** A number for an axis: at most three digits, `1.2K` for thousands. */
export function short(value: number): string {
  return NUMBER.format(value);
}

/** Draws an SVG that fills the width it is given and takes its colours from the page. */
export function drawChart({ lines, xAxis, yAxis, marks = [], endSeconds = 0 }: Chart): string {
  const texts = placeMarks(marks, endSeconds);
  const lanes = Math.max(0, ...texts.map(({ lane }) => lane + 1));
  const top = TOP + lanes * LANE_HEIGHT;
  const axis = {
    axisLabel: { color: INK, fontFamily: FONT, fontSize: 11 },
    axisLine: { lineStyle: { color: GRID_LINE } },
    axisTick: { show: false },
    nameTextStyle: { color: INK, fontFamily: FONT, fontSize: 11 },
    splitLine: { lineStyle: { color: GRID_LINE, width: 1 } },
  };
  const option: EChartsCoreOption = {
    animation: false,
    grid: { left: SIDES, right: SIDES, top, bottom: 44 },
    legend: {
      top: 2,
      left: SIDES - 6,
      itemWidth: 14,
      itemHeight: 3,
      icon: 'rect',
      itemGap: 20,
      selectedMode: false,
      textStyle: { color: INK, fontFamily: FONT, fontSize: 12 },
    },
    xAxis: { ...axis, nameLocation: 'middle', nameGap: 28, splitLine: { show: false }, ...xAxis },
    yAxis: { ...axis, nameGap: 12, ...yAxis },
    series: lines.map(({ name, colour, points, faint }, i) => ({
      type: 'line',
      name,
      data: points,
      color: colour,
      z: faint ? 2 : 3,
      silent: true,
      showSymbol: points.length < 60,
      symbol: 'circle',
      symbolSize: faint ? 4 : 6,
      lineStyle: { color: colour, width: faint ? 1 : 2, opacity: faint ? 0.6 : 1 },
      ...(i === 0 ? { markLine: markLine(texts) } : {}),
    })),
  };
  return rendered(option, HEIGHT + lanes * LANE_HEIGHT);
}

/** A bar, and how far the values that it stands for are spread. */
export interface Bar {
  readonly name: string;
  readonly colour: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const BAR_HEIGHT = 34;
const BAR_NAME_CHAR_WIDTH = 6.8;
const BAR_NAMES_MIN = 180;

/** Draws lying bars, the first on top, each with a line from its lowest to its highest value; the axis begins at 0. */
export function drawBars(bars: readonly Bar[], unit: string): string {
  const whiskers = bars.flatMap(({ low, high }, i) =>
    high > low
      ? [
          {
            coords: [
              [low, i],
              [high, i],
            ],
          },
        ]
      : [],
  );
  const names = bars.map(({ name, value }) => `${name}  ${short(value)}`);
  const namesWidth = Math.max(...names.map(({ length }) => length)) * BAR_NAME_CHAR_WIDTH;
  const text = { color: INK, fontFamily: FONT };
  const option: EChartsCoreOption = {
    animation: false,
    grid: { left: Math.max(BAR_NAMES_MIN, namesWidth), right: SIDES, top: 8, bottom: 44 },
    xAxis: {
      type: 'value',
      name: unit,
      nameLocation: 'middle',
      nameGap: 28,
      nameTextStyle: { ...text, fontSize: 11 },
      axisLabel: { ...text, fontSize: 11, formatter: short },
      splitLine: { lineStyle: { color: GRID_LINE, width: 1 } },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: names,
      axisLabel: { ...text, fontSize: 12 },
      axisLine: { lineStyle: { color: GRID_LINE } },
      axisTick: { show: false },
    },
    series: [
      {
        type: 'bar',
        silent: true,
        barWidth: '62%',
        data: bars.map(({ value, colour }) => ({ value, itemStyle: { color: colour } })),
      },
      {
        type: 'lines',
        coordinateSystem: 'cartesian2d',
        silent: true,
        data: whiskers,
        lineStyle: { color: INK, width: 2, opacity: 1 },
      },
    ],
  };
  return rendered(option, bars.length * BAR_HEIGHT + 56);
}

function rendered(option: EChartsCoreOption, height: number): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  try {
    chart.setOption(option);
    return chart.renderToSVGString().replace(/^<svg width="[0-9]+" height="[0-9]+"/, '<svg role="img"');
  } finally {
    chart.dispose();
  }
}

interface PlacedMark {
  readonly seconds: number;
  readonly text: string;
  readonly lane: number;
}

/** Gives each mark's text a lane above the plot in which it covers no other; what finds none is drawn without text. */
function placeMarks(marks: readonly Mark[], endSeconds: number): readonly PlacedMark[] {
  const pixelsPerSecond = (WIDTH - 2 * SIDES) / Math.max(1, endSeconds);
  const laneEnds = Array.from({ length: MARK_LANES }, () => Number.NEGATIVE_INFINITY);
  return marks.map(({ atMs, what }) => {
    const seconds = atMs / 1_000;
    const [centre, half] = [seconds * pixelsPerSecond, (what.length * CHAR_WIDTH) / 2];
    const lane = laneEnds.findIndex((end) => end < centre - half);
    if (lane < 0) return { seconds, text: '', lane: 0 };
    laneEnds[lane] = centre + half + CHAR_WIDTH;
    return { seconds, text: what, lane };
  });
}

function markLine(texts: readonly PlacedMark[]): object {
  return {
    silent: true,
    symbol: 'none',
    lineStyle: { color: MARK_LINE, width: 1, type: [4, 3] },
    data: texts.map(({ seconds, text, lane }) => ({
      xAxis: seconds,
      label: {
        show: text !== '',
        formatter: text.replaceAll(/[{}]/g, ''),
        position: 'end',
        distance: 4 + lane * LANE_HEIGHT,
        color: MARK_LINE,
        fontFamily: FONT,
        fontSize: 11,
      },
    })),
  };
}
