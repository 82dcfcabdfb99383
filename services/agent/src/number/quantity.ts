import { bitsOf, parseDecimal, rational, toNumber, type Rational } from './rational.ts';

/** The result of a calculation: exact as long as it can be, a double from the first irrational step on. */
export type Quantity =
  | { readonly kind: 'exact'; readonly value: Rational }
  | { readonly kind: 'approximate'; readonly value: number };

/** Digits of an exact number that are written out; longer ones are written in powers of ten, marked as rounded. */
const DIGITS_MAX = 60;
/** Significant digits of what is rounded. */
const ROUNDED_DIGITS = 15;
/** Exact numbers of more bits are refused: some 2,400 digits take time and tell nobody anything. */
export const RESULT_BITS_MAX = 8_000;
const EXPONENT_MAX = 300n;

/** @throws RangeError if it has more digits than are worth their memory. */
export function exact(value: Rational): Quantity {
  if (bitsOf(value) > RESULT_BITS_MAX) throw new RangeError('the result is too large');
  return { kind: 'exact', value };
}

/** @throws RangeError if it is not a number that can be shown. */
export function approximate(value: number): Quantity {
  if (Number.isNaN(value)) throw new RangeError('the result is not a real number');
  if (!Number.isFinite(value)) throw new RangeError('the result is too large');
  return { kind: 'approximate', value };
}

export function numberOf(quantity: Quantity): number {
  return quantity.kind === 'exact' ? toNumber(quantity.value) : quantity.value;
}

/**
 * Writes a number for people: `0.3`, `1/3 ≈ 0.333333333333333`, `≈ 1.4142135623731`. `exact` tells whether the text
 * before any `≈` is the whole truth.
 */
export function formatQuantity(quantity: Quantity): { readonly text: string; readonly exact: boolean } {
  if (quantity.kind === 'approximate') return { text: `≈ ${formatDouble(quantity.value)}`, exact: false };
  const { num, den } = quantity.value;
  const decimal = terminatingDecimal(quantity.value);
  if (decimal !== undefined && decimal.length <= DIGITS_MAX) return { text: decimal, exact: true };
  const fraction = `${num}/${den}`;
  const rounded = `≈ ${formatLarge(quantity.value)}`;
  return decimal === undefined && fraction.length <= DIGITS_MAX
    ? { text: `${fraction} ${rounded}`, exact: true }
    : { text: rounded, exact: false };
}

/** The decimal form, if it ends. */
function terminatingDecimal({ num, den }: Rational): string | undefined {
  let rest = den;
  let places = 0n;
  let twos = 0n;
  let fives = 0n;
  while (rest % 2n === 0n) [rest, twos] = [rest / 2n, twos + 1n];
  while (rest % 5n === 0n) [rest, fives] = [rest / 5n, fives + 1n];
  if (rest !== 1n) return undefined;
  places = twos > fives ? twos : fives;
  if (places === 0n) return num.toString();
  const scaled = ((num < 0n ? -num : num) * 10n ** places) / den;
  const digits = scaled.toString().padStart(Number(places) + 1, '0');
  const point = digits.length - Number(places);
  return `${num < 0n ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`;
}

function formatLarge(value: Rational): string {
  const double = toNumber(value);
  if (Number.isFinite(double) && (double !== 0 || value.num === 0n)) return formatDouble(double);
  const size = value.num < 0n ? -value.num : value.num;
  const exponent = size.toString().length - value.den.toString().length;
  const power = 10n ** BigInt(Math.abs(exponent));
  const mantissa = exponent >= 0 ? rational(size, value.den * power) : rational(size * power, value.den);
  return `${value.num < 0n ? '-' : ''}${formatDouble(toNumber(mantissa))}e${exponent}`;
}

function formatDouble(value: number): string {
  return String(Number(value.toPrecision(ROUNDED_DIGITS)));
}

/** Reads a literal; numbers whose exponent would fill the memory are refused. */
export function parseLiteral(text: string): Quantity | undefined {
  const exponent = /[eE][+-]?([0-9]+)$/.exec(text)?.[1] ?? '0';
  if (exponent.length > 4 || BigInt(exponent) > EXPONENT_MAX) return undefined;
  const value = parseDecimal(text);
  return value && exact(value);
}
