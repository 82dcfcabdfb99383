import { expect, test } from 'vitest';
import { makeToolbox } from './toolbox.ts';
import { ToolError } from './tool.ts';

const tools = makeToolbox(() => Date.parse('2026-11-22T09:00:00Z'));

function say(name: string, input: unknown): string {
  const tool = tools.get(name);
  if (tool === undefined) throw new Error(`no tool ${name}`);
  return tool.run(input).text;
}

test.each([
  ['calculate', { expression: '2+2' }, '2+2 = 4.'],
  ['time_now', { place: 'Tokyo' }, 'In Tokyo it is 18:00 on Sunday, 22 November 2026 (UTC+9).'],
  [
    'time_convert',
    { time: '3pm', from: 'Berlin', to: 'New York' },
    '15:00 on Sunday, 22 November 2026 in Berlin is 09:00 on Sunday, 22 November 2026 in New York; New York is 6 hours behind Berlin.',
  ],
  [
    'time_difference',
    { from: 'London', to: 'Kathmandu' },
    'Kathmandu is 5 hours 45 minutes ahead of London now.',
  ],
  [
    'date_difference',
    { from: 'today', to: '2027-01-01' },
    'From Sunday, 22 November 2026 to Friday, 1 January 2027 it is 40 days, that is 1 month and 10 days (5 weeks and 5 days).',
  ],
  [
    'date_difference',
    { from: '2024-02-29', to: '2026-02-28' },
    'From Thursday, 29 February 2024 to Saturday, 28 February 2026 it is 730 days, that is 2 years (104 weeks and 2 days).',
  ],
  [
    'date_add',
    { date: '2026-01-31', amount: 1, unit: 'month' },
    '1 month after Saturday, 31 January 2026 is Saturday, 28 February 2026.',
  ],
  [
    'date_facts',
    { date: '2027-01-01' },
    '2027-01-01 is a Friday: Friday, 1 January 2027, day 1 of the year, in week 53 of 2026.',
  ],
  [
    'text_statistics',
    { text: 'A fox. The fox!' },
    'The text has 4 words (3 different) in 2 sentences, 15 characters (12 without spaces), and takes about 2 seconds to read. Most frequent: "fox" (2).',
  ],
])('%s of %o', (name, input, text) => {
  // Goal: what each tool says, at a fixed moment.
  // Method: examples.
  expect(say(name, input)).toBe(text);
});

test('letters that are several code points count once', () => {
  // Goal: characters as people see them.
  // Method: a family of three and a flag.
  expect(tools.get('text_statistics')?.run({ text: '👩‍👩‍👧🇩🇪e\u0301' })).toMatchObject({ characters: 3 });
});

test.each([
  ['calculate', { expression: '1/0' }, 'division by zero'],
  ['calculate', { expression: '1 +' }, 'something is missing at the end'],
  ['calculate', {}, 'the input is not acceptable'],
  ['time_now', { place: 'Narnia' }, 'I know no time zone for "Narnia"'],
  ['time_convert', { time: 'late', from: 'Rome', to: 'Oslo' }, '"late" is not a time of the day'],
  ['date_add', { date: 'today', amount: 1.5, unit: 'day' }, 'the input is not acceptable'],
  ['date_add', { date: 'today', amount: 999_999, unit: 'year' }, 'beyond the calendar'],
  ['date_facts', { date: '1/2/2027' }, 'is not a date that I can read'],
])('%s of %o is refused in words', (name, input, reason) => {
  // Goal: a caller, a language model above all, may pass anything.
  // Method: examples.
  expect(() => say(name, input)).toThrow(ToolError);
  expect(() => say(name, input)).toThrow(reason);
});

test('every tool describes its input as a JSON Schema object', () => {
  // Goal: what a language model is told.
  // Method: look at each.
  for (const tool of tools.values()) {
    expect(tool.parameters).toMatchObject({ type: 'object', properties: expect.any(Object) });
    expect(tool.description.length).toBeGreaterThan(20);
  }
});
