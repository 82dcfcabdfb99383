/** A day of the Gregorian calendar. */
export interface CalendarDate {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

const DAY_MS = 86_400_000;
const YEAR_MIN = 1;
const YEAR_MAX = 9_999;

export const WEEKDAYS = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
] as const;
export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

export type DateUnit = 'day' | 'week' | 'month' | 'year';

/** A date if there is such a day, else undefined. */
export function dateOf(year: number, month: number, day: number): CalendarDate | undefined {
  if (![year, month, day].every(Number.isInteger)) return undefined;
  if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12) return undefined;
  return day >= 1 && day <= daysInMonth(year, month) ? { year, month, day } : undefined;
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Days since 1970-01-01. */
export function dayNumber(date: CalendarDate): number {
  const midnight = new Date(0);
  // Date.UTC takes the years 0 to 99 for 1900 to 1999; this does not.
  midnight.setUTCFullYear(date.year, date.month - 1, date.day);
  return midnight.getTime() / DAY_MS;
}

export function dateOfDayNumber(days: number): CalendarDate | undefined {
  const midnight = new Date(days * DAY_MS);
  return dateOf(midnight.getUTCFullYear(), midnight.getUTCMonth() + 1, midnight.getUTCDate());
}

/** Adds days, weeks, months or years; a day that the month does not have becomes its last. Undefined out of range. */
export function addToDate(date: CalendarDate, amount: number, unit: DateUnit): CalendarDate | undefined {
  if (unit === 'day' || unit === 'week') {
    return dateOfDayNumber(dayNumber(date) + amount * (unit === 'week' ? 7 : 1));
  }
  const months = date.year * 12 + date.month - 1 + amount * (unit === 'year' ? 12 : 1);
  const year = Math.floor(months / 12);
  const month = months - year * 12 + 1;
  return dateOf(year, month, Math.min(date.day, daysInMonth(year, month)));
}

export function weekdayOf(date: CalendarDate): (typeof WEEKDAYS)[number] {
  // 1970-01-01 was a Thursday.
  return WEEKDAYS[(((dayNumber(date) + 4) % 7) + 7) % 7] ?? 'Thursday';
}

/** The ISO 8601 week and the year it is counted in. */
export function isoWeek(date: CalendarDate): { readonly year: number; readonly week: number } {
  const days = dayNumber(date);
  const thursday = dateOfDayNumber(days - ((((days + 3) % 7) + 7) % 7) + 3) ?? date;
  return { year: thursday.year, week: Math.floor((dayOfYear(thursday) - 1) / 7) + 1 };
}

export function dayOfYear(date: CalendarDate): number {
  return dayNumber(date) - dayNumber({ year: date.year, month: 1, day: 1 }) + 1;
}

/** `2027-01-01`. */
export function formatIso(date: CalendarDate): string {
  return `${String(date.year).padStart(4, '0')}-${two(date.month)}-${two(date.day)}`;
}

/** `Friday, 1 January 2027`. */
export function formatLong(date: CalendarDate): string {
  return `${weekdayOf(date)}, ${date.day} ${MONTHS[date.month - 1]} ${date.year}`;
}

export function two(value: number): string {
  return String(value).padStart(2, '0');
}
