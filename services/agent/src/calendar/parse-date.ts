import { addToDate, dateOf, MONTHS, weekdayOf, WEEKDAYS, type CalendarDate } from './date.ts';

const MONTH = `(${MONTHS.map((name) => `${name.slice(0, 3)}(?:${name.slice(3)})?`).join('|')}|sept)\\.?`;
const ORDINAL = '([0-9]{1,2})(?:st|nd|rd|th)?';

const ISO = /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})$/;
const DOTTED = /^([0-9]{1,2})\.\s?([0-9]{1,2})\.\s?([0-9]{4})$/;
const DAY_FIRST = new RegExp(`^${ORDINAL}(?: of)? ${MONTH}(?:,? ([0-9]{4}))?$`, 'i');
const MONTH_FIRST = new RegExp(`^${MONTH} ${ORDINAL}(?:,? ([0-9]{4}))?$`, 'i');
const WEEKDAY = new RegExp(`^(?:(next|last|this) )?(${WEEKDAYS.join('|')})$`, 'i');
const HOLIDAYS: Readonly<Record<string, readonly [month: number, day: number]>> = {
  christmas: [12, 25],
  'christmas eve': [12, 24],
  'new year': [1, 1],
  "new year's day": [1, 1],
  "new year's eve": [12, 31],
  halloween: [10, 31],
};

/**
 * Reads a date as people write it: `2027-01-01`, `1 January 2027`, `Jan 1`, `1.1.2027`, `tomorrow`, `next Friday`,
 * `Christmas`. Without a year it is the next such day from today on. `1/2/2027` is not read: nobody knows what it is.
 */
export function parseDate(text: string, today: CalendarDate): CalendarDate | undefined {
  const words = text
    .trim()
    .replace(/^(?:the|on) /i, '')
    .replace(/\s+/g, ' ')
    .toLowerCase();
  return (
    relative(words, today) ??
    numeric(words) ??
    named(words, today) ??
    weekday(words, today) ??
    holiday(words, today)
  );
}

function relative(words: string, today: CalendarDate): CalendarDate | undefined {
  const offset = { today: 0, now: 0, tomorrow: 1, yesterday: -1, 'day after tomorrow': 2 }[words];
  return offset === undefined ? undefined : addToDate(today, offset, 'day');
}

function numeric(words: string): CalendarDate | undefined {
  const iso = ISO.exec(words);
  if (iso) return dateOf(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const dotted = DOTTED.exec(words);
  return dotted ? dateOf(Number(dotted[3]), Number(dotted[2]), Number(dotted[1])) : undefined;
}

function named(words: string, today: CalendarDate): CalendarDate | undefined {
  const dayFirst = DAY_FIRST.exec(words);
  const monthFirst = MONTH_FIRST.exec(words);
  const day = Number(dayFirst?.[1] ?? monthFirst?.[2]);
  const name = dayFirst?.[2] ?? monthFirst?.[1];
  if (name === undefined) return undefined;
  const month = MONTHS.findIndex((known) => known.toLowerCase().startsWith(name.slice(0, 3))) + 1;
  const year = dayFirst?.[3] ?? monthFirst?.[3];
  return year === undefined ? nextSuch(month, day, today) : dateOf(Number(year), month, day);
}

function weekday(words: string, today: CalendarDate): CalendarDate | undefined {
  const match = WEEKDAY.exec(words);
  const wanted = match?.[2];
  if (wanted === undefined) return undefined;
  const step = match?.[1] === 'last' ? -1 : 1;
  for (let days = step; days !== step * 8; days += step) {
    const date = addToDate(today, days, 'day');
    if (date && weekdayOf(date).toLowerCase() === wanted) return date;
  }
  return undefined;
}

function holiday(words: string, today: CalendarDate): CalendarDate | undefined {
  const found = Object.hasOwn(HOLIDAYS, words) ? HOLIDAYS[words] : undefined;
  return found && nextSuch(found[0], found[1], today);
}

/** The next such day from today on; 29 February may take eight years. */
function nextSuch(month: number, day: number, today: CalendarDate): CalendarDate | undefined {
  for (let year = today.year; year <= today.year + 8; year++) {
    const date = dateOf(year, month, day);
    if (date && (year > today.year || month > today.month || (month === today.month && day >= today.day)))
      return date;
  }
  return undefined;
}
