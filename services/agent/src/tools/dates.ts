import { z } from 'zod';
import {
  addToDate,
  dayNumber,
  dayOfYear,
  formatIso,
  formatLong,
  isoWeek,
  weekdayOf,
  type CalendarDate,
  type DateUnit,
} from '../calendar/date.ts';
import { parseDate } from '../calendar/parse-date.ts';
import { wallTimeAt } from '../calendar/zoned-time.ts';
import { defineTool, ToolError, type Tool } from './tool.ts';

const UTC = { id: 'UTC', label: 'UTC' };
const AMOUNT_MAX = 1_000_000;
const dateField = z
  .string()
  .min(1)
  .max(32)
  .describe('such as 2027-01-01, 1 January 2027, tomorrow, next Friday');

/** How long from one day to another. Today is the day in UTC. */
export function dateDifference(now: () => number): Tool {
  return defineTool({
    name: 'date_difference',
    description: 'The number of days between two dates, also in weeks, and in years, months and days.',
    input: z.object({ from: dateField, to: dateField }),
    run({ from, to }) {
      const [start, end] = [dateAt(from, now()), dateAt(to, now())];
      const days = dayNumber(end) - dayNumber(start);
      return {
        text: `From ${formatLong(start)} to ${formatLong(end)} it is ${inDays(days)}${inParts(start, end)}.`,
        from: formatIso(start),
        to: formatIso(end),
        days,
      };
    },
  });
}

/** A date so many days, weeks, months or years before or after another. */
export function dateAdd(now: () => number): Tool {
  return defineTool({
    name: 'date_add',
    description: 'The date a number of days, weeks, months or years after (or, negative, before) a date.',
    input: z.object({
      date: dateField,
      amount: z.int().min(-AMOUNT_MAX).max(AMOUNT_MAX),
      unit: z.enum(['day', 'week', 'month', 'year']),
    }),
    run({ date, amount, unit }) {
      const start = dateAt(date, now());
      const end = addToDate(start, amount, unit);
      if (end === undefined)
        throw new ToolError('that date is beyond the calendar that I know (years 1 to 9999)');
      const size = Math.abs(amount);
      const said = `${size} ${unit}${size === 1 ? '' : 's'} ${amount < 0 ? 'before' : 'after'}`;
      return { text: `${capital(said)} ${formatLong(start)} is ${formatLong(end)}.`, date: formatIso(end) };
    },
  });
}

/** What there is to know of a date. */
export function dateFacts(now: () => number): Tool {
  return defineTool({
    name: 'date_facts',
    description: 'The weekday, ISO week and day of the year of a date.',
    input: z.object({ date: dateField }),
    run({ date }) {
      const day = dateAt(date, now());
      const week = isoWeek(day);
      const weekday = weekdayOf(day);
      return {
        text: `${formatIso(day)} is a ${weekday}: ${formatLong(day)}, day ${dayOfYear(day)} of the year, in week ${week.week} of ${week.year}.`,
        date: formatIso(day),
        weekday,
        week: week.week,
        dayOfYear: dayOfYear(day),
      };
    },
  });
}

function dateAt(text: string, now: number): CalendarDate {
  const today = wallTimeAt(now, UTC).date;
  const date = parseDate(text, today);
  if (date === undefined)
    throw new ToolError(`"${text}" is not a date that I can read; 2027-01-31 or 31 January 2027 are`);
  return date;
}

function inDays(days: number): string {
  const size = Math.abs(days);
  const said = `${size} ${size === 1 ? 'day' : 'days'}`;
  return days < 0 ? `${said} back` : said;
}

/** `, that is 1 year, 2 months and 3 days (61 weeks and 2 days)`; nothing for less than a week. */
function inParts(a: CalendarDate, b: CalendarDate): string {
  const [start, end] = dayNumber(a) <= dayNumber(b) ? [a, b] : [b, a];
  const days = dayNumber(end) - dayNumber(start);
  if (days < 7) return '';
  const weeks = list([count(Math.floor(days / 7), 'week'), count(days % 7, 'day')]);
  let months = (end.year - start.year) * 12 + end.month - start.month;
  let anchor = addToDate(start, months, 'month');
  if (anchor === undefined || dayNumber(anchor) > dayNumber(end))
    anchor = addToDate(start, (months -= 1), 'month');
  if (months === 0 || anchor === undefined) return `, that is ${weeks}`;
  const rest = dayNumber(end) - dayNumber(anchor);
  const parts = list([
    count(Math.floor(months / 12), 'year'),
    count(months % 12, 'month'),
    count(rest, 'day'),
  ]);
  return `, that is ${parts} (${weeks})`;
}

function count(amount: number, unit: DateUnit): string {
  return amount === 0 ? '' : `${amount} ${unit}${amount === 1 ? '' : 's'}`;
}

function list(parts: readonly string[]): string {
  const said = parts.filter(Boolean);
  return said.length < 2 ? said.join('') : `${said.slice(0, -1).join(', ')} and ${said.at(-1)}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
