/*
 * sum      = product { ("+" | "-") product }          a trailing % on the right is a share of the left: 200 + 10%
 * product  = signed { ("*" | "x" | "of" | "/" | "mod" | "%") signed | implied }
 * signed   = { "+" | "-" } power
 * power    = postfix [ "^" signed ]                    to the right: 2^3^2 = 2^9, and -2^2 = -4
 * postfix  = primary { "!" | "%" | "²" | "³" }
 * primary  = number | constant | function "(" sum { "," sum } ")" | "√" postfix | "(" sum ")"
 */
import { CONSTANTS, factorial, FUNCTIONS, raise } from './functions.ts';
import { approximate, exact, numberOf, type Quantity } from './quantity.ts';
import { add, divide, modulo, multiply, negate, rational, subtract, type Rational } from './rational.ts';
import { ExpressionError, tokensOf, type Sign, type Token } from './tokens.ts';

/** Brackets within brackets, at most. */
const DEPTH_MAX = 100;
/** The longest expression, in UTF-16 units. */
export const EXPRESSION_CHARS_MAX = 2_000;

interface Value {
  readonly quantity: Quantity;
  /** Written with a percent sign, so that a sum can take it as a share of its left side. */
  readonly percent: boolean;
}

/**
 * Calculates an expression. Exact over the rationals; irrational functions give doubles.
 * @throws ExpressionError if it is not one, RangeError if there is no result (division by zero, too large).
 */
export function evaluate(text: string): Quantity {
  if (text.length > EXPRESSION_CHARS_MAX)
    throw new ExpressionError('the expression is too long', EXPRESSION_CHARS_MAX);
  return new Evaluation(tokensOf(text)).result();
}

class Evaluation {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  result(): Quantity {
    const value = this.#sum();
    const token = this.#peek();
    if (token.kind !== 'end') throw new ExpressionError('I did not expect this here', token.at);
    return value.quantity;
  }

  #sum(): Value {
    let left = this.#product();
    for (;;) {
      const sign = this.#takeSign('+', '-');
      if (sign === undefined) return left;
      const right = this.#product();
      const amount = right.percent && !left.percent ? binary(multiply, (a, b) => a * b, left, right) : right;
      left =
        sign === '+'
          ? binary(add, (a, b) => a + b, left, amount)
          : binary(subtract, (a, b) => a - b, left, amount);
    }
  }

  #product(): Value {
    let left = this.#signed();
    for (;;) {
      if (this.#takeSign('*') || this.#takeName('of') || this.#takeName('x')) {
        left = binary(multiply, (a, b) => a * b, left, this.#signed());
      } else if (this.#takeSign('/')) {
        left = binary(divide, (a, b) => a / b, left, this.#divisor());
      } else if (this.#takeName('mod') || this.#takeSign('%')) {
        left = binary(modulo, (a, b) => a - b * Math.floor(a / b), left, this.#divisor());
      } else if (this.#startsImplied()) {
        left = binary(multiply, (a, b) => a * b, left, this.#power());
      } else return left;
    }
  }

  #divisor(): Value {
    const value = this.#signed();
    if (numberOf(value.quantity) === 0) throw new RangeError('division by zero');
    return value;
  }

  #signed(): Value {
    let negative = false;
    for (let sign = this.#takeSign('+', '-'); sign !== undefined; sign = this.#takeSign('+', '-')) {
      if (sign === '-') negative = !negative;
    }
    const value = this.#power();
    if (!negative) return value;
    const { quantity } = value;
    const negated = quantity.kind === 'exact' ? exact(negate(quantity.value)) : approximate(-quantity.value);
    return { quantity: negated, percent: value.percent };
  }

  #power(): Value {
    const base = this.#postfix();
    if (this.#takeSign('^') === undefined) return base;
    this.#enter();
    const exponent = this.#signed();
    this.#depth -= 1;
    return plain(raise(base.quantity, exponent.quantity));
  }

  #postfix(): Value {
    let value = this.#primary();
    for (;;) {
      if (this.#takeSign('!')) value = plain(factorial(value.quantity));
      else if (this.#takeName('²')) value = plain(raise(value.quantity, exact(rational(2n))));
      else if (this.#takeName('³')) value = plain(raise(value.quantity, exact(rational(3n))));
      else if (this.#takePercent()) {
        const hundredth = binary(divide, (a, b) => a / b, value, plain(exact(rational(100n))));
        value = { quantity: hundredth.quantity, percent: true };
      } else return value;
    }
  }

  #primary(): Value {
    const token = this.#peek();
    this.#at += 1;
    if (token.kind === 'number') return plain(token.value);
    if (token.kind === 'sign' && token.sign === '(') return this.#bracket();
    if (token.kind === 'name') return this.#named(token.name, token.at);
    this.#at -= 1;
    throw new ExpressionError(
      token.kind === 'end' ? 'something is missing at the end' : 'a number is missing here',
      token.at,
    );
  }

  #named(name: string, at: number): Value {
    if (name === '√') return plain(this.#call('sqrt', [this.#postfix().quantity], at));
    const constant = Object.hasOwn(CONSTANTS, name) ? CONSTANTS[name] : undefined;
    if (constant !== undefined) return plain(constant);
    if (!Object.hasOwn(FUNCTIONS, name)) throw new ExpressionError(`I do not know "${name}"`, at);
    this.#expect('(');
    this.#enter();
    const values = [this.#sum().quantity];
    while (this.#takeSign(',')) values.push(this.#sum().quantity);
    this.#depth -= 1;
    this.#expect(')');
    return plain(this.#call(name, values, at));
  }

  #call(name: string, values: readonly Quantity[], at: number): Quantity {
    const row = FUNCTIONS[name];
    const [first, ...rest] = values;
    if (row === undefined || first === undefined || values.length < row.min || values.length > row.max) {
      throw new ExpressionError(`${name} takes ${row?.max === 1 ? 'one value' : 'other values'}`, at);
    }
    return row.of([first, ...rest]);
  }

  #bracket(): Value {
    this.#enter();
    const value = this.#sum();
    this.#depth -= 1;
    this.#expect(')');
    return plain(value.quantity);
  }

  /** `2(3+4)` and `2pi` multiply; `2 3` is a slip. */
  #startsImplied(): boolean {
    const token = this.#peek();
    return (token.kind === 'sign' && token.sign === '(') || token.kind === 'name';
  }

  /** `10%` is a percentage, but `10 % 3` a remainder, as programmers write it. */
  #takePercent(): boolean {
    if (this.#takeName('percent')) return true;
    const next = this.#tokens[this.#at + 1];
    const divides = next?.kind === 'number' || (next?.kind === 'sign' && next.sign === '(');
    return !divides && this.#takeSign('%') !== undefined;
  }

  #enter(): void {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX)
      throw new ExpressionError('too many brackets within brackets', this.#peek().at);
  }

  #expect(sign: Sign): void {
    if (this.#takeSign(sign) === undefined)
      throw new ExpressionError(`a "${sign}" is missing here`, this.#peek().at);
  }

  #takeSign(...signs: readonly Sign[]): Sign | undefined {
    const token = this.#peek();
    if (token.kind !== 'sign' || !signs.includes(token.sign)) return undefined;
    this.#at += 1;
    return token.sign;
  }

  #takeName(name: string): boolean {
    const token = this.#peek();
    const found = token.kind === 'name' && token.name === name;
    if (found) this.#at += 1;
    return found;
  }

  #peek(): Token {
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] ?? { kind: 'end', at: 0 };
  }
}

function plain(quantity: Quantity): Value {
  return { quantity, percent: false };
}

function binary(
  exactly: (a: Rational, b: Rational) => Rational,
  roughly: (a: number, b: number) => number,
  a: Value,
  b: Value,
): Value {
  const [x, y] = [a.quantity, b.quantity];
  return plain(
    x.kind === 'exact' && y.kind === 'exact'
      ? exact(exactly(x.value, y.value))
      : approximate(roughly(numberOf(x), numberOf(y))),
  );
}
