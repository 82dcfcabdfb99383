import { MEASURES } from '../measures/all-measures.ts';
import { SYSTEMS } from '../systems/all-systems.ts';
import { caveats, compareResults } from './comparison.ts';
import { judge, type Goal, type Judged, type Verdict } from './goals.ts';
import type { BenchResult, Trial } from './result.ts';
import { ratioOf, seriesOf, summaryOf, type Series } from './statistics.ts';
import { briefly, numberText, spreadText, table, transposed } from './text.ts';

const MIB = 2 ** 20;
const VERDICTS: Readonly<Record<Verdict, string>> = {
  'aim met': '✓ aim met',
  met: '✓ met',
  missed: '✗ missed',
  'not measured': '– the other was not measured',
};
/** What the others are set beside, in each table. */
const REFERENCE = 'longspan-r1';
const FIGURES_ACROSS_MAX = 8;

/** What was to be reached and what was: the table of ratios that a run ends with. */
export function goalsTable(result: BenchResult): string {
  const rows = judge(result).filter(({ measured }) => measured !== undefined);
  if (rows.length === 0) return 'Nothing that a goal is about was measured.';
  return table([
    ['', 'measured', 'must', 'so', 'aim', 'so', ''],
    ...rows.map((judged) => {
      const { row, measured, unit, achieved, verdict } = judged;
      const aims = row.aims.map((goal, i) => [goalText(goal), achievedText(judged, goal, i + 1)] as const);
      return [
        row.title,
        measured === undefined ? '–' : `${spreadText(measured)} ${unit}`,
        goalText(row.must),
        achieved[0] === undefined ? '–' : achievedText(judged, row.must, 0),
        aims.map(([goal]) => goal).join('; '),
        aims.map(([, text]) => text).join('; '),
        VERDICTS[verdict],
      ];
    }),
  ]);
}

/** The whole run as Markdown. */
export function summaryOfRun(result: BenchResult, then?: BenchResult): string {
  const { trials } = result;
  const measured = MEASURES.filter(({ name }) => trials.some(({ measure }) => measure === name));
  return [
    '# Benchmark',
    circumstances(result),
    '## What was to be reached',
    goalsTable(result),
    ...measured.flatMap(({ name, title, when }) => {
      const own = trials.filter(({ measure }) => measure === name);
      return [
        `## ${title}`,
        measureTable(own),
        ...(when === 'growth' ? [] : usageTable(own)),
        ...notesOf(own),
      ];
    }),
    ...failures(result),
    ...(then === undefined ? [] : ['## Beside the earlier run', comparisonText(then, result)]),
    '',
  ].join('\n\n');
}

/** Figure by figure, what has changed since an earlier run. */
export function comparisonText(then: BenchResult, now: BenchResult): string {
  const warnings = caveats(then, now).map((caveat) => `- ${caveat}`);
  const rows = compareResults(then, now).filter(({ ratio }) => ratio !== undefined);
  return [
    ...(warnings.length === 0 ? [] : [`Not the same circumstances:\n${warnings.join('\n')}`]),
    table([
      ['', '', '', 'then', 'now', 'ratio', ''],
      ...rows.map(({ series, before, now: after, ratio, change }) => [
        series.measure,
        SYSTEMS[series.system].title,
        figureText(series),
        before === undefined ? '–' : spreadText(before),
        after === undefined ? '–' : spreadText(after),
        numberText(ratio ?? Number.NaN),
        change,
      ]),
    ]),
  ].join('\n\n');
}

function circumstances({ startedAt, scale, rounds, seed, commit, machine, versions }: BenchResult): string {
  const { cores, cpu, memoryGiB, os } = machine;
  return [
    `${startedAt.slice(0, 16).replace('T', ' ')} UTC, commit ${commit}, seed ${seed}, ${rounds} rounds${scale === 'quick' ? '; **a quick run: shorter and smaller than the goals are about**' : ''}.`,
    `${cores} cores, ${cpu}, ${memoryGiB} GiB, ${os}, everything on this machine.`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  ].join('\n');
}

/** Systems by figures: medians with their spread and the ratio to Longspan's. Where there are too many figures for a line, each has one of its own. */
function measureTable(trials: readonly Trial[]): string {
  const all = seriesOf(trials);
  const columns = [...new Map(all.map((series) => [figureText(series), series])).keys()];
  const systems = [...new Set(all.map(({ system }) => system))].toSorted(bySystem);
  const cell = (system: string, column: string) => {
    const own = all.find((series) => series.system === system && figureText(series) === column);
    if (own === undefined) return '–';
    const beside = all.find((series) => series.system === REFERENCE && figureText(series) === column);
    const ratio = beside === undefined || system === REFERENCE ? undefined : ratioOf(own, beside);
    const text = spreadText(summaryOf([...own.values.values()]));
    return ratio === undefined ? text : `${text} · ${numberText(ratio.median)} ×`;
  };
  const rows = [
    ['', 'keeps', ...columns],
    ...systems.map((system) => [
      SYSTEMS[system].title,
      SYSTEMS[system].keeps,
      ...columns.map((column) => cell(system, column)),
    ]),
  ];
  return table(columns.length > FIGURES_ACROSS_MAX ? transposed(rows) : rows);
}

/** CPU and peak memory of each process, the load generator's included; medians over the rounds. */
function usageTable(trials: readonly Trial[]): readonly string[] {
  const usages = trials.flatMap(({ system, usages: own }) => own.map((usage) => ({ system, ...usage })));
  if (usages.length === 0) return [];
  const groups = Map.groupBy(usages, ({ system, name }) => `${system}\n${name}`);
  const rows = [...groups.values()]
    .toSorted(([a], [b]) => bySystem(a?.system ?? REFERENCE, b?.system ?? REFERENCE))
    .map((some) => {
      const [{ system, name, role }] = some as [(typeof some)[number]];
      const middle = (of: (usage: (typeof some)[number]) => number) => summaryOf(some.map(of)).median;
      return [
        SYSTEMS[system].title,
        name,
        role,
        numberText(middle(({ cpuShare }) => cpuShare)),
        numberText(middle(({ peakBytes }) => peakBytes / MIB)),
      ];
    });
  const head = ['', 'process', 'role', 'CPU, cores', 'peak memory, MiB'];
  return [
    `<details><summary>CPU and memory of each process</summary>\n\n${table([head, ...rows])}\n\n</details>`,
  ];
}

function notesOf(trials: readonly Trial[]): readonly string[] {
  const lines = trials.flatMap(({ system, round, notes, lost, repeats }) =>
    [
      ...notes,
      ...(lost > 0 ? [`${lost.toLocaleString('en')} events lost`] : []),
      ...(repeats > 0 ? [`${repeats.toLocaleString('en')} events came again`] : []),
    ].map((note) => `- ${SYSTEMS[system].title}, round ${round + 1}: ${note}`),
  );
  return lines.length === 0 ? [] : [lines.join('\n')];
}

function failures({ failed }: BenchResult): readonly string[] {
  if (failed.length === 0) return [];
  const lines = failed.map(
    ({ measure, system, round, reason }) =>
      `- ${measure}, ${SYSTEMS[system].title}, round ${round + 1}: ${briefly(reason)}`,
  );
  return ['## What came to no result', lines.join('\n')];
}

function goalText({ beside, atLeast, atMost }: Goal): string {
  const bound = atLeast === undefined ? `≤ ${numberText(atMost ?? 0)}` : `≥ ${numberText(atLeast)}`;
  if (beside === undefined) return bound;
  const whose = beside.measure ?? SYSTEMS[beside.system].title;
  return `${bound} × ${whose}`;
}

function achievedText({ achieved, unit }: Judged, { beside }: Goal, place: number): string {
  const found = achieved[place];
  if (found === undefined) return '–';
  return beside === undefined ? `${numberText(found.median)} ${unit}` : `${spreadText(found)} ×`;
}

function figureText({ figure, unit, x }: Series): string {
  const at = x === undefined ? '' : ` at ${x.toLocaleString('en')}`;
  return `${figure}${at}${unit === '' ? '' : `, ${unit}`}`;
}

function bySystem(a: keyof typeof SYSTEMS, b: keyof typeof SYSTEMS): number {
  const order = Object.keys(SYSTEMS);
  return order.indexOf(a) - order.indexOf(b);
}
