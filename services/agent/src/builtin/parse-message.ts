import { parseArithmetic } from './parse-arithmetic.ts';
import { parseClockQuestion } from './parse-clock-question.ts';
import { parseDateQuestion } from './parse-date-question.ts';
import { parseRecital } from './parse-recital.ts';
import { findTextQuestion } from './parse-text-question.ts';
import type { Step } from './step.ts';

/** The most things done for one message; what follows is left out and said to be. */
export const STEPS_MAX = 10;

const SENTENCE_END = /(?:(?<=\?)\s*|;\s*|(?<=[.!])\s+(?=\p{Lu})|[\r\n]+)/u;
const JOINT = /\s*,?\s+(?:and then|and also|and|then|also|plus also)\s+|\s*,\s+/i;
const POLITE =
  /^(?:(?:please|hey|hi|hello|ok|so|and|also|then|now|well)[,!]?\s+|(?:can|could|would|will) you\s+(?:please\s+)?|(?:tell|show|give) me\s+|i(?: would|'d) like to know\s+|do you know\s+)+/i;
const GREETING =
  /^(?:hi|hello|hey|help|thanks|thank you|who are you|what can you do|good (?:morning|evening|day))\b/i;

/**
 * Finds out what a message asks for: in order, and one step for whatever could not be understood. Each parser knows
 * one kind of question and says undefined to all others; the first that answers wins.
 */
export function parseMessage(message: string): readonly Step[] {
  const found = findTextQuestion(message);
  const before = found === undefined ? message : message.slice(0, found.at);
  const steps = before
    .split(SENTENCE_END)
    .map((sentence) => sentence.trim())
    .filter((sentence) => /[\p{L}\p{N}]/u.test(sentence))
    .flatMap(parseSentence);
  const all = found === undefined ? steps : [...steps, found.step];
  // "Hello! What is 2+2?" asks for one thing; a greeting alone is a question for help.
  const asked = all.filter((step) => step.kind !== 'help');
  return asked.length > 0 ? asked : all.slice(0, 1);
}

function parseSentence(sentence: string): readonly Step[] {
  const whole = parseOne(sentence);
  if (whole !== undefined) return [whole];
  const parts = sentence.split(JOINT).filter((part) => /[\p{L}\p{N}]/u.test(part));
  if (parts.length < 2) return [{ kind: 'unknown', text: sentence }];
  const steps = parts.map((part, index) => parseOne(part) ?? parseOne(withBeginning(parts[index - 1], part)));
  // If no part makes sense, the sentence as a whole was not understood.
  if (steps.every((step) => step === undefined)) return [{ kind: 'unknown', text: sentence }];
  return steps.map((step, index) => step ?? { kind: 'unknown', text: parts[index] ?? '' });
}

/** "what time is it in Tokyo and London": the second part leans on the first one's beginning. */
function withBeginning(before: string | undefined, part: string): string {
  const beginning = /^.*\b(?:in|until|since|to)\s+/i.exec(before ?? '')?.[0] ?? '';
  return beginning + part.replace(/^in /i, '');
}

function parseOne(text: string): Step | undefined {
  const asked = text.trim().replace(POLITE, '');
  const question = asked.replace(/[?.!\s]+$/, '');
  return (
    parseRecital(question) ??
    parseClockQuestion(question) ??
    parseDateQuestion(question) ??
    parseArithmetic(asked) ??
    (GREETING.test(text.trim()) ? { kind: 'help' } : undefined)
  );
}
