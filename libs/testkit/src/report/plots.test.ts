import { expect, test } from 'vitest';
import { plotsOf } from './plots.ts';
import { sampleDistribution, sampleEvidence } from './report-samples.ts';

test('distributions and series become plots with the marks in them', () => {
  // Goal: a reader sees what the faults did. Method: one distribution, two series of one unit, two marks; look for
  // the texts in the drawings.
  const plots = plotsOf(
    sampleEvidence('chaos', {
      distributions: [sampleDistribution('publish to callback')],
      series: ['edge-0', 'edge-1'].map((name) => ({
        name,
        unit: 'MiB',
        points: [
          [0, 1],
          [5_000, 2],
        ] as const,
      })),
      marks: [
        { atMs: 2_000, what: 'edge-0 killed' },
        { atMs: 6_000, what: 'edge-0 {back} & well' },
      ],
    }),
  );
  expect(plots.map(({ title }) => title)).toEqual([
    'publish to callback, over time, in ms',
    'Percentiles, in ms',
    'edge-0, edge-1, in MiB',
  ]);
  for (const { svg } of plots) expect(svg).toMatch(/^<svg role="img"[^]*<\/svg>$/);
  for (const { svg } of [plots[0], plots[2]].filter((plot) => plot !== undefined)) {
    expect(svg).toContain('edge-0 killed');
    expect(svg).toContain('edge-0 back &amp; well');
  }
  expect(plots[1]?.svg).toContain('99.9 %');
});

test('a mark that finds no room is drawn without its text, and no text covers another', () => {
  // Goal: hundreds of faults leave a plot readable. Method: a hundred marks within one second.
  const marks = Array.from({ length: 100 }, (_, i) => ({ atMs: 5_000 + i * 10, what: `fault number ${i}` }));
  const [plot] = plotsOf(sampleEvidence('chaos', { distributions: [sampleDistribution('delivery')], marks }));
  expect(plot?.svg.match(/fault number/g)?.length).toBe(3);
  expect(plot?.svg.match(/stroke-dasharray/g)?.length).toBe(100);
});

test('what is empty, or a single value, is left out or drawn, and never fails', () => {
  // Goal: a suite that broke early still gets its report. Method: everything empty; then one value of each.
  const empty = { ...sampleDistribution('none'), count: 0, windows: [] };
  expect(
    plotsOf(
      sampleEvidence('chaos', { distributions: [empty], series: [{ name: 'a', unit: 'x', points: [] }] }),
    ),
  ).toEqual([]);
  const single = { ...sampleDistribution('once'), count: 1, windows: [] };
  const points = [[0, 0] as const];
  const plots = plotsOf(
    sampleEvidence('chaos', {
      durationMs: 0,
      distributions: [single],
      series: [{ name: 'a', unit: 'x', points }],
    }),
  );
  expect(plots.map(({ title }) => title)).toEqual(['Percentiles, in ms']);
});
