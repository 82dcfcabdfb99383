import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  add,
  compare,
  divide,
  exactRoot,
  floor,
  modulo,
  multiply,
  negate,
  parseDecimal,
  power,
  rational,
  round,
  subtract,
  toNumber,
} from './rational.ts';

const whole = fc.bigInt({ min: -1_000_000n, max: 1_000_000n });
const some = fc.tuple(whole, fc.bigInt({ min: 1n, max: 1_000_000n })).map(([num, den]) => rational(num, den));
const nonZero = some.filter((value) => value.num !== 0n);

test('fractions obey the laws of a field, and stay in lowest terms', () => {
  // Goal: exactness.
  // Method: properties; equality is that of numerator and denominator.
  fc.assert(
    fc.property(some, some, some, nonZero, (a, b, c, d) => {
      expect(add(a, b)).toEqual(add(b, a));
      expect(multiply(a, add(b, c))).toEqual(add(multiply(a, b), multiply(a, c)));
      expect(subtract(add(a, b), b)).toEqual(a);
      expect(multiply(divide(a, d), d)).toEqual(a);
      expect(add(a, negate(a))).toEqual(rational(0n));
    }),
  );
});

test('a remainder has the sign of the divisor and is smaller than it', () => {
  // Goal: clock arithmetic.
  // Method: property.
  fc.assert(
    fc.property(some, nonZero, (a, b) => {
      const rest = modulo(a, b);
      expect(add(multiply(b, rational(floor(divide(a, b)))), rest)).toEqual(a);
      expect(rest.num === 0n || rest.num > 0n === b.num > 0n).toBe(true);
    }),
  );
});

test('a decimal is read exactly', () => {
  // Goal: 0.1 is a tenth.
  // Method: property against the digits, and refusals.
  fc.assert(
    fc.property(fc.nat(), fc.nat(999), (units, thousandths) => {
      const text = `${units}.${String(thousandths).padStart(3, '0')}`;
      expect(parseDecimal(text)).toEqual(rational(BigInt(units) * 1_000n + BigInt(thousandths), 1_000n));
    }),
  );
  expect(parseDecimal('1.5e3')).toEqual(rational(1_500n));
  expect(parseDecimal('25e-2')).toEqual(rational(1n, 4n));
  for (const bad of ['', '.', 'e5', '1e', '0x10', '-1']) expect(parseDecimal(bad)).toBeUndefined();
});

test('the square root of a square is found, and only that', () => {
  // Goal: exact roots stay exact.
  // Method: property over squares and their neighbours.
  fc.assert(
    fc.property(nonZero, (a) => {
      const size = a.num < 0n ? negate(a) : a;
      expect(exactRoot(power(a, 2n))).toEqual(size);
      const beside = add(power(rational(size.num), 2n), rational(1n));
      expect(exactRoot(beside)).toBeUndefined();
    }),
  );
});

test('order, rounding and doubles agree with each other', () => {
  // Goal: what is shown is near what is meant, for numbers of any size.
  // Method: properties.
  fc.assert(
    fc.property(some, some, fc.nat(2_000), (a, b, shift) => {
      expect(Math.sign(compare(a, b))).toBe(Math.sign(Number(a.num * b.den - b.num * a.den)));
      expect(Math.abs(toNumber(subtract(a, rational(round(a)))))).toBeLessThanOrEqual(0.5);
      const scale = 2n ** BigInt(shift);
      expect(toNumber({ num: a.num * scale, den: a.den * scale })).toBe(toNumber(a));
    }),
  );
});
