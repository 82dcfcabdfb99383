import { expect, test } from 'vitest';
import { Scrape } from './scrape.ts';

test('a scrape gives each series with its labels and its value, whatever the labels hold', () => {
  // Goal: what is compared with the documented metrics is what Prometheus would read. Method: a text with all the format's ways.
  const scrape = new Scrape(
    [
      '# HELP events_total Events.',
      '# TYPE events_total counter',
      'events_total{how="live"} 3',
      'events_total{how="replayed"} 4',
      'duration_bucket{route="/v1/{user}",le="+Inf"} 2',
      'odd{text="a\\"b\\\\c\\nd, e=\\"f\\""} -1.5e3',
      'plain +Inf',
      '',
    ].join('\n'),
  );
  expect([...scrape.names]).toEqual(['events_total', 'duration_bucket', 'odd', 'plain']);
  expect(scrape.kinds.get('events_total')).toBe('counter');
  expect(scrape.value('events_total', { how: 'live' })).toBe(3);
  expect(scrape.value('events_total')).toBe(7);
  expect(scrape.value('events_total', { how: 'never' })).toBeUndefined();
  expect(scrape.series[2]?.labels).toEqual({ route: '/v1/{user}', le: '+Inf' });
  expect(scrape.series[3]).toEqual({ name: 'odd', labels: { text: 'a"b\\c\nd, e="f"' }, value: -1500 });
  expect(scrape.value('plain')).toBe(Number.POSITIVE_INFINITY);
  expect(() => new Scrape('no sample at all')).toThrow(SyntaxError);
});
