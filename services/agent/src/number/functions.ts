import { approximate, exact, numberOf, RESULT_BITS_MAX, type Quantity } from './quantity.ts';
import {
  add,
  bitsOf,
  compare,
  divide,
  exactRoot,
  floor,
  negate,
  power,
  rational,
  round,
  type Rational,
} from './rational.ts';

const FACTORIAL_MAX = 700n;

type NumberFunction = (values: readonly [Quantity, ...Quantity[]]) => Quantity;

/** Every function that an expression may call, with the number of values it takes. */
export const FUNCTIONS: Readonly<
  Record<string, { readonly min: number; readonly max: number; readonly of: NumberFunction }>
> = {
  sqrt: one((x) => root(x)),
  cbrt: one((x) => approximateOrWhole(Math.cbrt(numberOf(x)), (r) => equal(power(r, 3n), x), x)),
  abs: one((x) =>
    x.kind === 'exact' ? exact(x.value.num < 0n ? negate(x.value) : x.value) : approximate(Math.abs(x.value)),
  ),
  floor: one((x) => exact(rational(x.kind === 'exact' ? floor(x.value) : BigInt(Math.floor(x.value))))),
  ceil: one((x) =>
    exact(rational(x.kind === 'exact' ? -floor(negate(x.value)) : BigInt(Math.ceil(x.value)))),
  ),
  round: { min: 1, max: 2, of: ([x, places]) => roundTo(x, places) },
  min: many((values) => values.reduce((a, b) => (numberOf(b) < numberOf(a) ? b : a))),
  max: many((values) => values.reduce((a, b) => (numberOf(b) > numberOf(a) ? b : a))),
  sum: many((values) => values.reduce(sum)),
  mean: many((values) => over(values.reduce(sum), values.length)),
  avg: many((values) => over(values.reduce(sum), values.length)),
  ln: one((x) => approximate(Math.log(numberOf(x)))),
  log: { min: 1, max: 2, of: ([x, base]) => logarithm(x, base) },
  log2: one((x) => approximate(Math.log2(numberOf(x)))),
  exp: one((x) => approximate(Math.exp(numberOf(x)))),
  sin: one((x) => approximate(Math.sin(numberOf(x)))),
  cos: one((x) => approximate(Math.cos(numberOf(x)))),
  tan: one((x) => approximate(Math.tan(numberOf(x)))),
  asin: one((x) => approximate(Math.asin(numberOf(x)))),
  acos: one((x) => approximate(Math.acos(numberOf(x)))),
  atan: one((x) => approximate(Math.atan(numberOf(x)))),
  deg: one((x) => approximate((numberOf(x) * 180) / Math.PI)),
  rad: one((x) => approximate((numberOf(x) * Math.PI) / 180)),
  gcd: many((values) => exact(rational(values.map(whole).reduce(greatestDivisor)))),
  lcm: many((values) => exact(rational(values.map(whole).reduce(leastMultiple)))),
  fact: one((x) => factorial(x)),
};

export const CONSTANTS: Readonly<Record<string, Quantity>> = {
  pi: approximate(Math.PI),
  π: approximate(Math.PI),
  tau: approximate(2 * Math.PI),
  τ: approximate(2 * Math.PI),
  e: approximate(Math.E),
  phi: approximate((1 + Math.sqrt(5)) / 2),
};

/** x to the power of y; exact for whole exponents and where a square root comes out. */
export function raise(x: Quantity, y: Quantity): Quantity {
  if (x.kind === 'exact' && y.kind === 'exact') {
    if (y.value.den === 1n) {
      const size = y.value.num < 0n ? -y.value.num : y.value.num;
      const bits = BigInt(bitsOf(x.value)) * size;
      if (bits > BigInt(RESULT_BITS_MAX)) throw new RangeError('the result is too large');
      if (x.value.num === 0n && y.value.num < 0n) throw new RangeError('division by zero');
      return exact(power(x.value, y.value.num));
    }
    if (compare(y.value, rational(1n, 2n)) === 0) return root(x);
  }
  return approximate(numberOf(x) ** numberOf(y));
}

/** n! for whole n from 0 on. */
export function factorial(x: Quantity): Quantity {
  const n = whole(x);
  if (n < 0n) throw new RangeError('a factorial needs a number from 0 on');
  if (n > FACTORIAL_MAX) throw new RangeError('the result is too large');
  let product = 1n;
  for (let factor = 2n; factor <= n; factor++) product *= factor;
  return exact(rational(product));
}

function one(of: (x: Quantity) => Quantity) {
  return { min: 1, max: 1, of: ([x]: readonly [Quantity, ...Quantity[]]) => of(x) };
}

function many(of: NumberFunction) {
  return { min: 1, max: 1_000, of };
}

function root(x: Quantity): Quantity {
  const found = x.kind === 'exact' ? exactRoot(x.value) : undefined;
  return found ? exact(found) : approximate(Math.sqrt(numberOf(x)));
}

function approximateOrWhole(value: number, isRoot: (candidate: Rational) => boolean, x: Quantity): Quantity {
  const candidate = Number.isSafeInteger(Math.round(value)) ? rational(BigInt(Math.round(value))) : undefined;
  return candidate && x.kind === 'exact' && isRoot(candidate) ? exact(candidate) : approximate(value);
}

function equal(a: Rational, b: Quantity): boolean {
  return b.kind === 'exact' && compare(a, b.value) === 0;
}

function roundTo(x: Quantity, places: Quantity | undefined): Quantity {
  const digits = places === undefined ? 0n : whole(places);
  if (digits < -300n || digits > 300n) throw new RangeError('that many places cannot be shown');
  const scale = power(rational(10n), digits);
  if (x.kind === 'approximate') {
    const scaled = Number(scale.num) / Number(scale.den);
    return approximate(Math.round(x.value * scaled) / scaled);
  }
  const scaled = { num: x.value.num * scale.num, den: x.value.den * scale.den };
  return exact(divide(rational(round(scaled)), scale));
}

function sum(a: Quantity, b: Quantity): Quantity {
  return a.kind === 'exact' && b.kind === 'exact'
    ? exact(add(a.value, b.value))
    : approximate(numberOf(a) + numberOf(b));
}

function over(a: Quantity, count: number): Quantity {
  return a.kind === 'exact' ? exact(divide(a.value, rational(BigInt(count)))) : approximate(a.value / count);
}

function logarithm(x: Quantity, base: Quantity | undefined): Quantity {
  if (base === undefined) return approximate(Math.log10(numberOf(x)));
  return approximate(Math.log(numberOf(x)) / Math.log(numberOf(base)));
}

function whole(x: Quantity): bigint {
  if (x.kind === 'exact' && x.value.den === 1n) return x.value.num;
  throw new RangeError('this needs whole numbers');
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

function leastMultiple(a: bigint, b: bigint): bigint {
  if (a === 0n || b === 0n) return 0n;
  const multiple = (a / greatestDivisor(a, b)) * b;
  return multiple < 0n ? -multiple : multiple;
}
