import type { CalendarDate } from '../calendar/date.ts';
import { parseDate } from '../calendar/parse-date.ts';
import type { Step } from './step.ts';

/** Any day will do to find out whether something is a date; the tool reads it again with the real one. */
const SOME_DAY: CalendarDate = { year: 2024, month: 2, day: 28 };

const NUMBERS = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
];
const AMOUNT = `([0-9]{1,7}|an?|${NUMBERS.join('|')})`;
const UNIT = '(day|week|month|year)s?';
const ASKED = `(?:what(?:'s| is| was| will be)? (?:the )?(?:date|day)(?: is| was| will)?(?: it| be| it be)? )?(?:is |was )?(?:the date )?`;
const LENGTH = '(?:how (?:many (?:days|weeks|months)|long|much time)|days|weeks|the number of days)';
const VERB = '(?: is it| are there| are| is| left| remain| do i have| has it been| passed)*';

const UNTIL = new RegExp(`^${LENGTH}${VERB} (?:until|till|before|to) (.+)$`, 'i');
const SINCE = new RegExp(`^${LENGTH}${VERB} since (.+)$`, 'i');
const BETWEEN = new RegExp(`^${LENGTH}${VERB} (?:between (.+) and|from (.+) (?:to|until|till)) (.+)$`, 'i');
const AFTER = new RegExp(`^${ASKED}${AMOUNT} ${UNIT} (from|after|before) (.+)$`, 'i');
const AHEAD = new RegExp(`^${ASKED}in ${AMOUNT} ${UNIT}(?: time)?$`, 'i');
const AGO = new RegExp(`^${ASKED}${AMOUNT} ${UNIT} ago$`, 'i');
const SUM = new RegExp(`^${ASKED}(.+?) ?(\\+|-|plus|minus) ?${AMOUNT} ${UNIT}$`, 'i');
const FACTS =
  /^(?:what|which) (?:day(?: of the week)?|weekday|week|date)(?: is it| is| was| does| will| will be| be| falls?)*(?: on)?(?: fall on)? ?(.*?)(?: fall on| be)?$/i;
const FACTS_OF = /^(?:the )?(?:weekday|day of the week|day|week) of (.+)$/i;

/** Reads questions about dates and the days between them. */
export function parseDateQuestion(text: string): Step | undefined {
  return difference(text) ?? addition(text) ?? facts(text);
}

function difference(text: string): Step | undefined {
  const [, start, from, end] = BETWEEN.exec(text) ?? [];
  const first = start ?? from;
  if (first && end && isDate(first) && isDate(end)) return between(first, end);
  const until = UNTIL.exec(text)?.[1];
  if (until && isDate(until)) return between('today', until);
  const since = SINCE.exec(text)?.[1];
  return since && isDate(since) ? between(since, 'today') : undefined;
}

function addition(text: string): Step | undefined {
  const [, amount, unit, side, anchor] = AFTER.exec(text) ?? [];
  if (amount && unit && anchor && isDate(anchor)) {
    return added(anchor, amount, unit, side?.toLowerCase() === 'before' ? -1 : 1);
  }
  const ahead = AHEAD.exec(text);
  if (ahead?.[1] && ahead[2]) return added('today', ahead[1], ahead[2], 1);
  const ago = AGO.exec(text);
  if (ago?.[1] && ago[2]) return added('today', ago[1], ago[2], -1);
  const [, date, sign, count, of] = SUM.exec(text) ?? [];
  if (!date || !count || !of || !isDate(date)) return undefined;
  return added(date, count, of, sign === '-' || sign?.toLowerCase() === 'minus' ? -1 : 1);
}

function facts(text: string): Step | undefined {
  if (isDate(text)) return { kind: 'tool', tool: 'date_facts', input: { date: text } };
  const date = FACTS_OF.exec(text)?.[1] ?? FACTS.exec(text)?.[1];
  if (date === undefined) return undefined;
  if (date === '') return { kind: 'tool', tool: 'date_facts', input: { date: 'today' } };
  return isDate(date) ? { kind: 'tool', tool: 'date_facts', input: { date } } : undefined;
}

function between(from: string, to: string): Step {
  return { kind: 'tool', tool: 'date_difference', input: { from, to } };
}

function added(date: string, amount: string, unit: string, sign: 1 | -1): Step {
  const word = NUMBERS.indexOf(amount.toLowerCase());
  const count = /^an?$/i.test(amount) ? 1 : word >= 0 ? word : Number(amount);
  const input = { date, amount: sign * count, unit: unit.toLowerCase() };
  return { kind: 'tool', tool: 'date_add', input };
}

function isDate(text: string): boolean {
  return parseDate(text, SOME_DAY) !== undefined;
}
