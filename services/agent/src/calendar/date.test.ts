import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addToDate,
  dateOf,
  dateOfDayNumber,
  dayNumber,
  dayOfYear,
  daysInMonth,
  formatIso,
  isoWeek,
  weekdayOf,
} from './date.ts';
import { parseDate } from './parse-date.ts';

const someDate = fc.integer({ min: -700_000, max: 2_900_000 }).map((days) => {
  const date = dateOfDayNumber(days);
  if (date === undefined) throw new Error('out of range');
  return date;
});
const TODAY = { year: 2026, month: 11, day: 22 };

test('days are numbered without gaps, and numbers are read back', () => {
  // Goal: the calendar, leap years included, for years 1 to 9999.
  // Method: properties; weekdays advance with the numbers.
  fc.assert(
    fc.property(someDate, (date) => {
      expect(dateOfDayNumber(dayNumber(date))).toEqual(date);
      const next = addToDate(date, 1, 'day');
      if (next === undefined) return;
      expect(
        next.day === date.day + 1 || (next.day === 1 && date.day === daysInMonth(date.year, date.month)),
      ).toBe(true);
      expect(addToDate(date, 7, 'day')).toEqual(addToDate(date, 1, 'week'));
    }),
  );
});

test('a month later is in the next month, on the same day or on its last', () => {
  // Goal: no overflow into the month after.
  // Method: property.
  fc.assert(
    fc.property(someDate, fc.integer({ min: -500, max: 500 }), (date, months) => {
      const later = addToDate(date, months, 'month');
      if (later === undefined) return;
      expect(later.year * 12 + later.month).toBe(date.year * 12 + date.month + months);
      expect(later.day).toBe(Math.min(date.day, daysInMonth(later.year, later.month)));
    }),
  );
});

test('weekdays and ISO weeks are those of the calendar on the wall', () => {
  // Goal: known days.
  // Method: examples with the turns of years that are easy to get wrong.
  const facts = (text: string) => {
    const date = parseDate(text, TODAY);
    return date && [weekdayOf(date), isoWeek(date).year, isoWeek(date).week, dayOfYear(date)];
  };
  expect(facts('2027-01-01')).toEqual(['Friday', 2026, 53, 1]);
  expect(facts('2024-12-30')).toEqual(['Monday', 2025, 1, 365]);
  expect(facts('2000-02-29')).toEqual(['Tuesday', 2000, 9, 60]);
  expect(facts('1969-07-20')).toEqual(['Sunday', 1969, 29, 201]);
});

test.each([
  ['2027-01-01', '2027-01-01'],
  ['1 January 2027', '2027-01-01'],
  ['Jan 1st, 2027', '2027-01-01'],
  ['the 3rd of March 2026', '2026-03-03'],
  ['1.2.2027', '2027-02-01'],
  ['today', '2026-11-22'],
  ['day after tomorrow', '2026-11-24'],
  ['Friday', '2026-11-27'],
  ['next Sunday', '2026-11-29'],
  ['last Sunday', '2026-11-15'],
  ['22 November', '2026-11-22'],
  ['21 November', '2027-11-21'],
  ['29 February', '2028-02-29'],
  ['Christmas', '2026-12-25'],
  ["New Year's Eve", '2026-12-31'],
])('"%s" is %s', (text, iso) => {
  // Goal: dates as people write them, seen from Sunday, 22 November 2026.
  // Method: examples.
  const date = parseDate(text, TODAY);
  expect(date && formatIso(date)).toBe(iso);
});

test.each(['2026-02-30', '31 April 2026', '1/2/2027', 'someday', '', '0000-01-01', '13.13.2026'])(
  '"%s" is no date',
  (text) => {
    // Goal: neither guesses nor days that do not exist.
    // Method: examples.
    expect(parseDate(text, TODAY)).toBeUndefined();
  },
);

test('every date is read back from its ISO form', () => {
  // Goal: writing and reading agree.
  // Method: property.
  fc.assert(
    fc.property(someDate, (date) => {
      expect(parseDate(formatIso(date), TODAY)).toEqual(dateOf(date.year, date.month, date.day));
    }),
  );
});
