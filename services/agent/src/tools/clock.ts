import { z } from 'zod';
import { formatLong, formatIso, type CalendarDate } from '../calendar/date.ts';
import { parseDate } from '../calendar/parse-date.ts';
import {
  formatOffset,
  formatWallTime,
  instantOf,
  offsetMinutes,
  parseClock,
  wallTimeAt,
} from '../calendar/zoned-time.ts';
import { parseZone, type Zone } from '../calendar/zone.ts';
import { defineTool, ToolError, type Tool } from './tool.ts';

const MINUTE_MS = 60_000;
const placeField = z.string().min(1).max(64).describe('a city, a country, an IANA zone or an abbreviation');

/** Tells the time somewhere. */
export function timeNow(now: () => number): Tool {
  return defineTool({
    name: 'time_now',
    description: 'The current date and time in a place.',
    input: z.object({ place: placeField }),
    run({ place }) {
      const zone = zoneOf(place);
      const instant = now();
      const wall = wallTimeAt(instant, zone);
      const offset = formatOffset(offsetMinutes(instant, zone));
      return {
        text: `In ${zone.label} it is ${formatWallTime(wall)} (${offset}).`,
        zone: zone.id,
        time: `${formatIso(wall.date)}T${clock(wall)}`,
        offset,
      };
    },
  });
}

/** Converts a time of the day from one place to others. */
export function timeConvert(now: () => number): Tool {
  return defineTool({
    name: 'time_convert',
    description: 'What time it is in one place when it is a given time in another.',
    input: z.object({
      time: z.string().min(1).max(16).describe('such as 15:30 or 3pm'),
      from: placeField,
      to: placeField,
      date: z.string().max(32).optional().describe('the day in the first place; today by default'),
    }),
    run({ time, from, to, date }) {
      const [source, target] = [zoneOf(from), zoneOf(to)];
      const read = parseClock(time);
      if (read === undefined) throw new ToolError(`"${time}" is not a time of the day`);
      const instant = instantOf({ date: dayIn(source, now(), date), ...read }, source);
      const [there, here] = [wallTimeAt(instant, source), wallTimeAt(instant, target)];
      const ahead = offsetMinutes(instant, target) - offsetMinutes(instant, source);
      return {
        text: `${formatWallTime(there)} in ${source.label} is ${formatWallTime(here)} in ${target.label}; ${comparison(target, source, ahead)}.`,
        from: `${formatIso(there.date)}T${clock(there)}`,
        to: `${formatIso(here.date)}T${clock(here)}`,
        differenceMinutes: ahead,
      };
    },
  });
}

/** How far clocks in two places are apart. */
export function timeDifference(now: () => number): Tool {
  return defineTool({
    name: 'time_difference',
    description: 'How many hours two places are apart at the moment.',
    input: z.object({ from: placeField, to: placeField }),
    run({ from, to }) {
      const [source, target] = [zoneOf(from), zoneOf(to)];
      const ahead = offsetMinutes(now(), target) - offsetMinutes(now(), source);
      return { text: `${capital(comparison(target, source, ahead))} now.`, differenceMinutes: ahead };
    },
  });
}

function zoneOf(place: string): Zone {
  const zone = parseZone(place);
  if (zone === undefined) throw new ToolError(`I know no time zone for "${place}"`);
  return zone;
}

function dayIn(zone: Zone, now: number, text: string | undefined): CalendarDate {
  const today = wallTimeAt(now, zone).date;
  if (text === undefined) return today;
  const date = parseDate(text, today);
  if (date === undefined)
    throw new ToolError(`"${text}" is not a date that I can read; today is ${formatLong(today)}`);
  return date;
}

function comparison(target: Zone, source: Zone, aheadMinutes: number): string {
  if (aheadMinutes === 0) return `${target.label} and ${source.label} have the same time`;
  const size = Math.abs(aheadMinutes) * MINUTE_MS;
  return `${target.label} is ${duration(size)} ${aheadMinutes > 0 ? 'ahead of' : 'behind'} ${source.label}`;
}

function duration(ms: number): string {
  const minutes = ms / MINUTE_MS;
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  const parts = [
    hours > 0 ? `${hours} ${hours === 1 ? 'hour' : 'hours'}` : '',
    rest > 0 ? `${rest} minutes` : '',
  ];
  return parts.filter(Boolean).join(' ');
}

function clock(wall: { readonly hour: number; readonly minute: number }): string {
  return `${String(wall.hour).padStart(2, '0')}:${String(wall.minute).padStart(2, '0')}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
