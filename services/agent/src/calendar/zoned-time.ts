import { dateOf, dayNumber, formatLong, two, type CalendarDate } from './date.ts';
import type { Zone } from './zone.ts';

/** What a clock on the wall shows, somewhere. */
export interface WallTime {
  readonly date: CalendarDate;
  /** 0 to 23. */
  readonly hour: number;
  readonly minute: number;
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
const formats = new Map<string, Intl.DateTimeFormat>();

/** What clocks in the zone show at an instant (milliseconds since 1970). */
export function wallTimeAt(instant: number, zone: Zone): WallTime {
  const parts = new Map(
    formatOf(zone.id)
      .formatToParts(instant)
      .map((part) => [part.type, Number(part.value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const date = dateOf(part('year'), part('month'), part('day'));
  if (date === undefined) throw new RangeError('the date is out of range');
  return { date, hour: part('hour'), minute: part('minute') };
}

/** Minutes that the zone's clocks are ahead of UTC at an instant. */
export function offsetMinutes(instant: number, zone: Zone): number {
  const whole = Math.floor(instant / MINUTE_MS);
  return wallMinutes(wallTimeAt(instant, zone)) - whole;
}

/**
 * The instant at which clocks in the zone show a time. Where clocks are put back it comes twice, and the first is
 * meant; where they are put forward it never comes, and the time as far after the change is meant.
 */
export function instantOf(wall: WallTime, zone: Zone): number {
  const minutes = wallMinutes(wall);
  const before = offsetMinutes((minutes - DAY_MINUTES) * MINUTE_MS, zone);
  const after = offsetMinutes((minutes + DAY_MINUTES) * MINUTE_MS, zone);
  for (const offset of [before, after]) {
    const instant = (minutes - offset) * MINUTE_MS;
    if (offsetMinutes(instant, zone) === offset) return instant;
  }
  return (minutes - before) * MINUTE_MS;
}

/** Reads `15:30`, `3pm`, `3:30 pm`, `15h`, `noon`, `midnight`. */
export function parseClock(text: string): { readonly hour: number; readonly minute: number } | undefined {
  const words = text.trim().toLowerCase();
  if (words === 'noon') return { hour: 12, minute: 0 };
  if (words === 'midnight') return { hour: 0, minute: 0 };
  const match = /^([0-9]{1,2})(?:[:.h]([0-9]{2}))?\s?(am|pm|a\.m\.|p\.m\.|h|o'clock)?$/.exec(words);
  if (!match || (match[2] === undefined && match[3] === undefined)) return undefined;
  const half = match[3]?.startsWith('a') ? 'am' : match[3]?.startsWith('p') ? 'pm' : undefined;
  const hour = Number(match[1]);
  const minute = Number(match[2] ?? 0);
  if (minute > 59 || hour > (half ? 12 : 23) || (half && hour === 0)) return undefined;
  return { hour: half ? (hour % 12) + (half === 'pm' ? 12 : 0) : hour, minute };
}

/** `15:30 on Friday, 1 January 2027`. */
export function formatWallTime(wall: WallTime): string {
  return `${two(wall.hour)}:${two(wall.minute)} on ${formatLong(wall.date)}`;
}

/** `UTC+5:30`, `UTC-4`, `UTC`. */
export function formatOffset(minutes: number): string {
  if (minutes === 0) return 'UTC';
  const size = Math.abs(minutes);
  const rest = size % 60;
  return `UTC${minutes < 0 ? '-' : '+'}${Math.floor(size / 60)}${rest === 0 ? '' : `:${two(rest)}`}`;
}

function wallMinutes(wall: WallTime): number {
  return dayNumber(wall.date) * DAY_MINUTES + wall.hour * 60 + wall.minute;
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  formats.set(zone, format);
  return format;
}
