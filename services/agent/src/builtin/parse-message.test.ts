import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseMessage } from './parse-message.ts';
import { RECITAL_MAX } from './parse-recital.ts';
import { numbers, words } from './recital.ts';

/** A message's steps in short: tools with their inputs' values, or the kind of step. */
function steps(message: string): readonly unknown[] {
  return parseMessage(message).map((step) => {
    if (step.kind === 'tool') return [step.tool, ...Object.values(step.input)];
    if (step.kind === 'count') return ['count', step.from, step.to];
    return step.kind === 'words' ? ['words', step.count] : step.kind;
  });
}

test.each([
  ['What is 2+2?', [['calculate', '2+2']]],
  ['calculate 15% of 80', [['calculate', '15% of 80']]],
  ['What is the square root of 144 plus 3?', [['calculate', '√144 + 3']]],
  ['5!', [['calculate', '5!']]],
  ['12 * (3 +', [['calculate', '12 * (3 +']]],
  ['what time is it in Tokyo', [['time_now', 'Tokyo']]],
  ['What time is it?', [['time_now', 'UTC']]],
  ['New York time', [['time_now', 'New York']]],
  ['time in Narnia', [['time_now', 'Narnia']]],
  ['3pm Berlin in New York', [['time_convert', '3pm', 'Berlin', 'New York']]],
  ['convert 15:30 in London to Tokyo', [['time_convert', '15:30', 'London', 'Tokyo']]],
  ['What time is it in Tokyo when it is 3pm in Berlin?', [['time_convert', '3pm', 'Berlin', 'Tokyo']]],
  ['time difference between London and Tokyo', [['time_difference', 'London', 'Tokyo']]],
  ['how many days until 2027-01-01?', [['date_difference', 'today', '2027-01-01']]],
  ['days since 1 January 2000', [['date_difference', '1 January 2000', 'today']]],
  ['days between 2026-01-01 and 2026-12-31', [['date_difference', '2026-01-01', '2026-12-31']]],
  ['90 days from today', [['date_add', 'today', 90, 'day']]],
  ['2 weeks ago', [['date_add', 'today', -2, 'week']]],
  ['three weeks before 2026-11-22', [['date_add', '2026-11-22', -3, 'week']]],
  ['2026-01-31 + 1 month', [['date_add', '2026-01-31', 1, 'month']]],
  ['what day is 29 February 2028?', [['date_facts', '29 February 2028']]],
  ['what date is it today?', [['date_facts', 'today']]],
  ['2027-01-01', [['date_facts', '2027-01-01']]],
  ['Count words in: hello world. What is 2+2?', [['text_statistics', 'hello world. What is 2+2?']]],
  ['how many words are in "foo bar"?', [['text_statistics', 'foo bar']]],
  ['count to 50', [['count', 1, 50]]],
  ['count from 5 to 10', [['count', 5, 10]]],
  ['write 200 words', [['words', 200]]],
  ['hello', ['help']],
  ['What can you do?', ['help']],
  ['What is the capital of France?', ['unknown']],
  ['I have 3 cats and 2 dogs', ['unknown']],
])('"%s" asks for %j', (message, expected) => {
  // Goal: each kind of question, and no guess where there is none.
  // Method: examples.
  expect(steps(message)).toEqual(expected);
});

test.each([
  [
    "what's 15% of 80 and what time is it in Tokyo?",
    [
      ['calculate', '15% of 80'],
      ['time_now', 'Tokyo'],
    ],
  ],
  [
    'what time is it in Tokyo and London',
    [
      ['time_now', 'Tokyo'],
      ['time_now', 'London'],
    ],
  ],
  ['Hello! What is 5!', [['calculate', '5!']]],
  [
    '7!; 2^10\ncount to 3',
    [
      ['calculate', '7!'],
      ['calculate', '2^10'],
      ['count', 1, 3],
    ],
  ],
  [
    'Compute 1+1 and then tell me what day is 2027-01-01, how many days until Christmas?',
    [
      ['calculate', '1+1'],
      ['date_facts', '2027-01-01'],
      ['date_difference', 'today', 'Christmas'],
    ],
  ],
  ['2+2? And the meaning of life?', [['calculate', '2+2'], 'unknown']],
  [
    'What is 3*3? Count words in: one two',
    [
      ['calculate', '3*3'],
      ['text_statistics', 'one two'],
    ],
  ],
])('"%s" asks for several things, in order', (message, expected) => {
  // Goal: several tools in one message.
  // Method: examples.
  expect(steps(message)).toEqual(expected);
});

test('any message asks for something, and reading it is quick', () => {
  // Goal: no message is met with silence or with an endless regular expression.
  // Method: property over words of all parsers' grammars, in any order, and over long runs of one of them.
  const word = fc.constantFrom(
    ...'what time is it in Tokyo and how many days until 2027-01-01 count words : " 3pm to from 5 ! ? . , ; + ( ) the of between before ago weeks write 10 hello \n'.split(
      ' ',
    ),
  );
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 60 }), (parts) => {
      const message = `x ${parts.join(' ')}`;
      expect(parseMessage(message).length).toBeGreaterThan(0);
    }),
    { numRuns: 1_000 },
  );
  for (const long of [
    'what time is it in '.repeat(3_000),
    'a '.repeat(30_000),
    '1+'.repeat(20_000),
    'count '.repeat(10_000),
  ]) {
    expect(parseMessage(long).length).toBeGreaterThan(0);
  }
});

test('a recital has the length that was asked for, within its limit', () => {
  // Goal: streams of a known length.
  // Method: property over lengths.
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), (count) => {
      expect([...words(count)].join('').split(' ')).toHaveLength(count);
      expect([...numbers(1, count)].join('')).toMatch(new RegExp(`(^|, )${count}\\.$`));
    }),
  );
  expect(steps('count to 9999999')).toEqual([['count', 1, RECITAL_MAX]]);
});
