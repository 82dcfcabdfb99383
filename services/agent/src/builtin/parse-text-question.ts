import type { Step } from './step.ts';

const WHAT =
  '(?:words?|characters?|letters?|sentences?|lines?|text|reading time|statistics|stats|length|the|and|of|,|\\s)+';
const QUESTION = new RegExp(
  `(?:(?:please |can you |could you )?(?:count|analy[sz]e|measure|how (?:many|long)|(?:text )?statistics|stats|(?:what(?:'s| is) the )?(?:word count|length|reading time))\\b(?:\\s+${WHAT})?[^:"“\\n]{0,40}?)(?::\\s*|\\s*(?=["“]))`,
  'i',
);

/**
 * Finds a question about a text. The text follows a colon, to the end of the message, or stands in quotation marks;
 * whatever it says, it is measured and not answered.
 */
export function findTextQuestion(message: string): { readonly at: number; readonly step: Step } | undefined {
  const match = QUESTION.exec(message);
  if (!match) return undefined;
  const rest = message.slice(match.index + match[0].length).trim();
  const quoted = /^["“]([^"”]+)["”]/.exec(rest)?.[1];
  const text = quoted ?? rest;
  if (!/[\p{L}\p{N}]/u.test(text)) return undefined;
  return { at: match.index, step: { kind: 'tool', tool: 'text_statistics', input: { text } } };
}
