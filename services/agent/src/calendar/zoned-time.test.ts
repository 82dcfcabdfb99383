import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  formatOffset,
  formatWallTime,
  instantOf,
  offsetMinutes,
  parseClock,
  wallTimeAt,
} from './zoned-time.ts';
import { parseZone, type Zone } from './zone.ts';

const MINUTE_MS = 60_000;
const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
];
const someZone = fc.constantFrom(...zones).map((name) => zone(name));
const someInstant = fc
  .integer({ min: Date.UTC(1975, 0) / MINUTE_MS, max: Date.UTC(2037, 0) / MINUTE_MS })
  .map((minutes) => minutes * MINUTE_MS);

function zone(text: string): Zone {
  const found = parseZone(text);
  if (found === undefined) throw new Error(`no zone ${text}`);
  return found;
}

test('an instant is found again from what the clock shows, or its twin where clocks are put back', () => {
  // Goal: both directions agree in every zone.
  // Method: property; a time that comes twice is taken for its first coming.
  fc.assert(
    fc.property(someZone, someInstant, (zone, instant) => {
      const wall = wallTimeAt(instant, zone);
      const found = instantOf(wall, zone);
      expect(wallTimeAt(found, zone)).toEqual(wall);
      expect(found).toBeLessThanOrEqual(instant);
    }),
  );
});

test('a time that clocks skip is the time as far after the change', () => {
  // Goal: 02:30 on the night when Berlin goes from 02:00 to 03:00.
  // Method: example.
  const berlin = zone('Berlin');
  const instant = instantOf({ date: { year: 2026, month: 3, day: 29 }, hour: 2, minute: 30 }, berlin);
  expect(new Date(instant).toISOString()).toBe('2026-03-29T01:30:00.000Z');
  expect(formatWallTime(wallTimeAt(instant, berlin))).toBe('03:30 on Sunday, 29 March 2026');
});

test('offsets follow the seasons', () => {
  // Goal: New York in January and in July, and zones off the hour.
  // Method: examples.
  const offset = (place: string, iso: string) => formatOffset(offsetMinutes(Date.parse(iso), zone(place)));
  expect(offset('New York', '2026-01-15T12:00Z')).toBe('UTC-5');
  expect(offset('New York', '2026-07-15T12:00Z')).toBe('UTC-4');
  expect(offset('India', '2026-07-15T12:00Z')).toBe('UTC+5:30');
  expect(offset('Nepal', '2026-07-15T12:00Z')).toBe('UTC+5:45');
  expect(offset('London', '2026-01-15T12:00Z')).toBe('UTC');
});

test.each([
  ['Tokyo', 'Asia/Tokyo'],
  ['new york', 'America/New_York'],
  ['NYC', 'America/New_York'],
  ['Germany', 'Europe/Berlin'],
  ['America/Sao_Paulo', 'America/Sao_Paulo'],
  ['St. Johns', 'America/St_Johns'],
  ['GMT', 'UTC'],
  ['UTC+5:30', '+05:30'],
  ['utc-3', '-03:00'],
])('"%s" is the zone %s', (text, id) => {
  // Goal: places as people name them.
  // Method: examples.
  expect(parseZone(text)?.id).toBe(id);
});

test.each(['Narnia', '', 'UTC+99', '../etc/passwd', '__proto__', 'constructor'])(
  '"%s" is no zone',
  (text) => {
    // Goal: nothing is guessed.
    // Method: examples.
    expect(parseZone(text)).toBeUndefined();
  },
);

test.each([
  ['15:30', 15, 30],
  ['3pm', 15, 0],
  ['12 am', 0, 0],
  ['12pm', 12, 0],
  ['3:05 p.m.', 15, 5],
  ['noon', 12, 0],
  ['7h', 7, 0],
])('"%s" is %i:%i', (text, hour, minute) => {
  // Goal: times of the day as people write them.
  // Method: examples.
  expect(parseClock(text)).toEqual({ hour, minute });
});

test.each(['3', '25:00', '12:60', '13pm', '0am', 'soon'])('"%s" is no time of the day', (text) => {
  // Goal: a bare number is no time.
  // Method: examples.
  expect(parseClock(text)).toBeUndefined();
});
