import { expect, test } from 'vitest';
import { callTree, type CpuProfile } from './cpu-profile.ts';
import { flameGraph } from './flame-graph.ts';

const node = (id: number, functionName: string, children: readonly number[] = [], url = '') => ({
  id,
  callFrame: { functionName, url, lineNumber: 9 },
  children,
});
const profile: CpuProfile = {
  nodes: [
    node(1, '(root)', [2, 3, 6, 7, 8]),
    node(2, 'turn', [4], 'file:///edge/hub.ts'),
    node(3, '(idle)'),
    node(4, 'send', [5], new URL('../../../node_modules/ws/sender.js', import.meta.url).href),
    node(5, 'writev <native>'),
    node(6, '(garbage collector)'),
    // The same function, compiled anew: V8 gives it a node of its own.
    node(7, 'turn', [], 'file:///edge/hub.ts'),
    node(8, 'link', [], 'node:internal/modules/esm/module_job'),
  ],
  samples: [2, 3, 4, 5, 6, 7, 8, 8],
  timeDeltas: [0, 100, 5_000, 200, 300, 400, 50, 7_000],
};

test('a profile becomes a tree of calls, with the time of each and of what it called, and neither rest nor loading', () => {
  // Goal: the parts are parts of the CPU time. Method: a sample in each node; idling and loading took the most.
  const root = callTree(profile);
  expect(root.totalMicros).toBe(100 + 200 + 300 + 400 + 50);
  expect(root.calls.map(({ name, url, totalMicros }) => [name, url, totalMicros])).toEqual([
    ['turn', 'file:///edge/hub.ts:10', 100 + 200 + 300 + 50],
    ['(garbage collector)', '', 400],
  ]);
});

test('a flame graph shows who is called by whom, as wide as it is long', () => {
  // Goal: it can be read without its data. Method: the widths and the tooltips of the profile above, and text that is markup.
  const svg = flameGraph(callTree(profile), 'edge-0');
  const width = (name: string) =>
    Number(new RegExp(`<title>${name},[^]*?width="([0-9.]+)"`).exec(svg)?.[1]) / 1_200;
  expect(width('turn')).toBeCloseTo(650 / 1_050, 2);
  expect(width('send')).toBeCloseTo(500 / 1_050, 2);
  expect(svg).toContain('writev &lt;native&gt;, 28.6 %');
  expect(svg).toContain('\nnode_modules/ws/sender.js:10');
  expect(svg).not.toContain('(idle)');
});

test('an empty profile is an empty graph', () => {
  // Goal: an edge that had nothing to do fails nothing. Method: a root alone.
  const empty = { nodes: [node(1, '(root)')], samples: [], timeDeltas: [] };
  expect(flameGraph(callTree(empty), 'edge-0')).toContain('0.0 s');
});
