/** An exact fraction in lowest terms; the denominator is positive. */
export interface Rational {
  readonly num: bigint;
  readonly den: bigint;
}

export function rational(num: bigint, den = 1n): Rational {
  if (den === 0n) throw new RangeError('division by zero');
  const sign = den < 0n ? -1n : 1n;
  const divisor = gcd(num < 0n ? -num : num, den * sign);
  return { num: (num * sign) / divisor, den: (den * sign) / divisor };
}

/** Reads a decimal literal such as `12`, `0.25` or `1.5e-3`. */
export function parseDecimal(text: string): Rational | undefined {
  const match = /^([0-9]+)?(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,3}))?$/.exec(text);
  const [, whole = '', fraction = '', exponent = '0'] = match ?? [];
  if (!match || whole + fraction === '') return undefined;
  const shift = Number(exponent) - fraction.length;
  const digits = BigInt(whole + fraction);
  return shift >= 0 ? rational(digits * 10n ** BigInt(shift)) : rational(digits, 10n ** BigInt(-shift));
}

export function add(a: Rational, b: Rational): Rational {
  return rational(a.num * b.den + b.num * a.den, a.den * b.den);
}

export function subtract(a: Rational, b: Rational): Rational {
  return rational(a.num * b.den - b.num * a.den, a.den * b.den);
}

export function multiply(a: Rational, b: Rational): Rational {
  return rational(a.num * b.num, a.den * b.den);
}

export function divide(a: Rational, b: Rational): Rational {
  return rational(a.num * b.den, a.den * b.num);
}

export function negate(a: Rational): Rational {
  return { num: -a.num, den: a.den };
}

/** The remainder with the sign of the divisor, as on a clock: -1 mod 12 is 11. */
export function modulo(a: Rational, b: Rational): Rational {
  return subtract(a, multiply(b, rational(floor(divide(a, b)))));
}

export function power(base: Rational, exponent: bigint): Rational {
  if (exponent < 0n) return power(divide(rational(1n), base), -exponent);
  return { num: base.num ** exponent, den: base.den ** exponent };
}

export function floor(a: Rational): bigint {
  const quotient = a.num / a.den;
  return a.num % a.den < 0n ? quotient - 1n : quotient;
}

/** To the nearest whole number, halves away from zero. */
export function round(a: Rational): bigint {
  const half = rational(1n, 2n);
  return a.num < 0n ? -floor(add(negate(a), half)) : floor(add(a, half));
}

export function compare(a: Rational, b: Rational): number {
  const difference = a.num * b.den - b.num * a.den;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The nearest double, also where numerator and denominator are too large for one. */
export function toNumber(a: Rational): number {
  if (bitsOf(a) <= 1_000) return Number(a.num) / Number(a.den);
  // Scale so that the quotient has 64 significant bits, then shift back.
  const shift = bits(a.den) - bits(a.num) + 64;
  const scaled = shift >= 0 ? (a.num << BigInt(shift)) / a.den : a.num / (a.den << BigInt(-shift));
  return Number(scaled) * 2 ** -shift;
}

/** The square root if it is rational, else undefined. */
export function exactRoot(a: Rational): Rational | undefined {
  if (a.num < 0n) return undefined;
  const num = wholeRoot(a.num);
  const den = wholeRoot(a.den);
  return num * num === a.num && den * den === a.den ? { num, den } : undefined;
}

/** The integer part of the square root, by Newton's method. */
function wholeRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let guess = 1n << BigInt((bits(value) + 1) >> 1);
  for (;;) {
    const next = (guess + value / guess) >> 1n;
    if (next >= guess) return guess;
    guess = next;
  }
}

/** About how many bits the larger of numerator and denominator has. */
export function bitsOf(a: Rational): number {
  return Math.max(bits(a.num), bits(a.den));
}

function bits(value: bigint): number {
  return (value < 0n ? -value : value).toString(16).length * 4;
}

function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}
