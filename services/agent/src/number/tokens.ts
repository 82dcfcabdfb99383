import type { Quantity } from './quantity.ts';
import { parseLiteral } from './quantity.ts';

export type Token =
  | { readonly kind: 'number'; readonly value: Quantity; readonly at: number }
  | { readonly kind: 'name'; readonly name: string; readonly at: number }
  | { readonly kind: 'sign'; readonly sign: Sign; readonly at: number }
  | { readonly kind: 'end'; readonly at: number };

const SIGNS = ['+', '-', '*', '/', '^', '%', '!', '(', ')', ','] as const;
export type Sign = (typeof SIGNS)[number];

/** Why a text is not an expression: in words, with the place in it. */
export class ExpressionError extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.name = 'ExpressionError';
    this.at = at;
  }
}

const SAME: Readonly<Record<string, Sign>> = { '×': '*', '·': '*', '÷': '/', '−': '-', '–': '-', ':': '/' };
const NUMBER =
  /(?:[0-9]{1,3}(?:[,_'][0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?/y;
const NAME = /[A-Za-z][A-Za-z0-9]*|[πτ√²³]/y;
const DIGIT_GROUPS = /[,_']/g;

/** Takes an expression apart. `1,000` is a thousand; `max(1, 2)` needs its blank. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (/\s/.test(char)) {
      at += 1;
      continue;
    }
    const token = numberAt(text, at) ?? signAt(text, at) ?? nameAt(text, at);
    if (token === undefined) throw new ExpressionError(`I do not know the sign "${char}"`, at);
    tokens.push(token.token);
    at = token.next;
  }
  return [...tokens, { kind: 'end', at }];
}

interface Found {
  readonly token: Token;
  readonly next: number;
}

function numberAt(text: string, at: number): Found | undefined {
  NUMBER.lastIndex = at;
  const literal = NUMBER.exec(text)?.[0];
  if (literal === undefined) return undefined;
  const value = parseLiteral(literal.replace(DIGIT_GROUPS, ''));
  if (value === undefined) throw new ExpressionError(`${literal} is too large for me`, at);
  return { token: { kind: 'number', value, at }, next: at + literal.length };
}

function signAt(text: string, at: number): Found | undefined {
  if (text.startsWith('**', at)) return { token: { kind: 'sign', sign: '^', at }, next: at + 2 };
  const char = text.charAt(at);
  const sign = SIGNS.find((known) => known === char) ?? SAME[char];
  return sign && { token: { kind: 'sign', sign, at }, next: at + 1 };
}

function nameAt(text: string, at: number): Found | undefined {
  NAME.lastIndex = at;
  const name = NAME.exec(text)?.[0];
  return name === undefined
    ? undefined
    : { token: { kind: 'name', name: name.toLowerCase(), at }, next: at + name.length };
}
