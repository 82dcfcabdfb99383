import { evaluate } from '../number/expression.ts';
import { ExpressionError } from '../number/tokens.ts';
import type { Step } from './step.ts';

const QUESTION = /^(?:what(?:'s| is| are)|calculate|compute|evaluate|how much (?:is|are)|solve|work out)\s+/i;
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/\bplus\b/gi, '+'],
  [/\bminus\b/gi, '-'],
  [/\b(?:times|multiplied by)\b/gi, '*'],
  [/\b(?:divided by|over)\b/gi, '/'],
  [/\b(?:to the power of|to the)\b/gi, '^'],
  [/\bsquared\b/gi, '^2'],
  [/\bcubed\b/gi, '^3'],
  [/\b(?:the )?square root of\s+/gi, '√'],
  [/\b(?:modulo|remainder of)\b/gi, 'mod'],
  [/\bper ?cent\b/gi, '%'],
  [/\b([0-9]+) factorial\b/gi, '$1!'],
];
const OPERATION = /[-+*/^%!×÷·−√²³()]|\b(?:mod|of|x)\b/i;

/** Reads a calculation in signs or in words. A text with neither numbers nor anything to do with them is none. */
export function parseArithmetic(text: string): Step | undefined {
  const asked = QUESTION.test(text);
  let expression = text
    .replace(QUESTION, '')
    .replace(/[=?.\s]+$/, '')
    .trim();
  for (const [words, sign] of WORDS) expression = expression.replace(words, sign);
  if (!/[0-9πτ]|\b(?:pi|e|tau|phi)\b/.test(expression) || !(asked || OPERATION.test(expression)))
    return undefined;
  const step: Step = { kind: 'tool', tool: 'calculate', input: { expression } };
  try {
    evaluate(expression);
    return step;
  } catch (error) {
    // A slip in what is clearly a calculation is told by the tool, with its place; prose that holds a number is not ours.
    const clearly = !/[A-Za-z]{2,}/.test(expression.replace(/\b[a-z0-9]+\(/gi, '('));
    return !(error instanceof ExpressionError) || clearly ? step : undefined;
  }
}
