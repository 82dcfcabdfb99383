import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluate } from './expression.ts';
import { formatQuantity, numberOf } from './quantity.ts';
import { ExpressionError } from './tokens.ts';

function shown(text: string): string {
  return formatQuantity(evaluate(text)).text;
}

/** What is thrown when the text is calculated and written down; undefined if nothing is. */
function failureOf(text: string): unknown {
  try {
    shown(text);
    return undefined;
  } catch (error) {
    return error;
  }
}

test.each([
  ['1 + 2 * 3', '7'],
  ['(1 + 2) * 3', '9'],
  ['2^3^2', '512'],
  ['-2^2', '-4'],
  ['2^-2', '0.25'],
  ['--3', '3'],
  ['0.1 + 0.2', '0.3'],
  ['1/3 + 1/6', '0.5'],
  ['1/3', '1/3 ≈ 0.333333333333333'],
  ['15% of 80', '12'],
  ['200 + 10%', '220'],
  ['200 - 10%', '180'],
  ['50% * 50%', '0.25'],
  ['10 % 3', '1'],
  ['-7 mod 3', '2'],
  ['5!', '120'],
  ['3!!', '720'],
  ['2(3 + 4)', '14'],
  ['3 x 4', '12'],
  ['1,000,000 / 8', '125000'],
  ['sqrt(9/4)', '1.5'],
  ['√16 + 1', '5'],
  ['4^0.5', '2'],
  ['2²', '4'],
  ['sqrt(2)', '≈ 1.4142135623731'],
  ['max(1, 5, 3) - min(2, 4)', '3'],
  ['mean(1, 2)', '1.5'],
  ['round(2.345, 2)', '2.35'],
  ['round(-2.5)', '-3'],
  ['gcd(12, 18) + lcm(4, 6)', '18'],
  ['cos(0)', '≈ 1'],
  ['2**10', '1024'],
  ['7 × 6 ÷ 2 − 1', '20'],
])('%s is %s', (text, result) => {
  // Goal: precedence, exactness and the ways people write.
  // Method: examples.
  expect(shown(text)).toBe(result);
});

test.each([
  '',
  '1 +',
  '(1',
  '1)',
  '1 2',
  'foo(1)',
  'sqrt',
  'sqrt()',
  'sqrt(1, 2)',
  '1..2',
  '* 2',
  '€5',
  '1 = 1',
])('"%s" is no expression, and the place is told', (text) => {
  // Goal: a slip is an ExpressionError with a place inside the text.
  // Method: examples.
  const error = failureOf(text);
  expect(error).toBeInstanceOf(ExpressionError);
  const at = error instanceof ExpressionError ? error.at : -1;
  expect(at).toBeGreaterThanOrEqual(0);
  expect(at).toBeLessThanOrEqual(text.length);
});

test.each(['1/0', '5 mod 0', '0^-1', '9^9^9', '1000!', '(-1)!', '2.5!', 'sqrt(-1)', 'ln(0)', '1e300^1e300'])(
  '"%s" has no result, and does not take long to find out',
  (text) => {
    // Goal: neither infinity nor a full memory.
    // Method: examples.
    expect(() => evaluate(text)).toThrow(RangeError);
  },
);

type Node = { readonly text: string; readonly value: number };

/** Expressions together with what JavaScript makes of them, over small whole numbers so that doubles are exact. */
const expression = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    fc.nat(9).map((value) => ({ text: String(value), value })),
    fc.tuple(tie('node'), fc.constantFrom('+', '-', '*'), tie('node')).map(([a, sign, b]) => ({
      text: `(${a.text} ${sign} ${b.text})`,
      value: sign === '+' ? a.value + b.value : sign === '-' ? a.value - b.value : a.value * b.value,
    })),
    tie('node').map((a) => ({ text: `-(${a.text})`, value: -a.value })),
  ),
})).node;

test('any expression has the value that arithmetic gives it', () => {
  // Goal: the parser and the evaluator, over the whole grammar of + - * and brackets.
  // Method: property against a model.
  fc.assert(
    fc.property(expression, ({ text, value }) => {
      expect(numberOf(evaluate(text)) + 0).toBe(value + 0);
    }),
  );
});

test('any text either is an expression or is refused in words', () => {
  // Goal: no other error, no hang, whatever people type.
  // Method: property over texts made of an expression's signs.
  const signs = fc.constantFrom(
    ...'0123456789.+-*/^%!(),eπ√²: x'.split(''),
    'mod',
    'sqrt',
    'of',
    '1e9',
    'fact',
  );
  fc.assert(
    fc.property(fc.array(signs, { maxLength: 40 }), (parts) => {
      const error = failureOf(parts.join(''));
      const inWords = error instanceof ExpressionError || error instanceof RangeError;
      expect(error === undefined || inWords).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});
