import { parseClock } from '../calendar/zoned-time.ts';
import { parseZone } from '../calendar/zone.ts';
import type { Step } from './step.ts';

const CLOCK = `(noon|midnight|[0-9]{1,2}(?:[:.h][0-9]{2})?\\s?(?:am|pm|a\\.m\\.|p\\.m\\.|h|o'clock)?)`;
const PLACE = `([\\p{L}][\\p{L}\\p{M}0-9 .'/_+:-]*?)`;
const TIME_OF = '(?: time)?';

/** `3pm Berlin in New York`, `convert 15:30 in London to Tokyo`, `when it is noon in Oslo, what time is it in Lima` */
const CONVERSIONS = [
  new RegExp(
    `^(?:convert |what(?:'s| is) |when is )?${CLOCK} (?:in )?${PLACE}${TIME_OF} (?:in|to|is in|for|as)(?: the)? ${PLACE}${TIME_OF}$`,
    'iu',
  ),
  new RegExp(
    `^(?:when|if) it(?:'s| is) ${CLOCK} in ${PLACE},? what(?:'s| is the)? time (?:is it )?in ${PLACE}$`,
    'iu',
  ),
];
/** `what time is it in Tokyo when it is 3pm in Berlin` */
const CONVERSION_BACK = new RegExp(
  `^what(?:'s| is the)? time (?:is it |will it be )?in ${PLACE},? (?:when|if) it(?:'s| is) ${CLOCK} in ${PLACE}$`,
  'iu',
);
const DIFFERENCES = [
  new RegExp(`^(?:what(?:'s| is) the )?time difference (?:between|from) ${PLACE} (?:and|to) ${PLACE}$`, 'iu'),
  new RegExp(`^how many hours (?:are )?(?:between|from) ${PLACE} (?:and|to) ${PLACE}$`, 'iu'),
];
const AHEAD = new RegExp(
  `^how (?:many hours|far) (?:is|are) ${PLACE} (?:ahead of|behind|from) ${PLACE}$`,
  'iu',
);
const NOW_IN = new RegExp(
  `^(?:what(?:'s| is)? (?:the )?)?(?:current |local )?(?:date and )?time (?:is it )?(?:right now |now )?(?:in|at|for) (?:the )?${PLACE}(?: now| right now)?$`,
  'iu',
);
const NOW = /^(?:what(?:'s| is)? (?:the )?)?(?:current )?time(?: is it)?(?: right)?(?: now)?$/i;
const NOW_SHORT = /^(.+?) time(?: now)?$/i;

/** Reads questions about the time of day somewhere. */
export function parseClockQuestion(text: string): Step | undefined {
  return conversion(text) ?? difference(text) ?? now(text);
}

function conversion(text: string): Step | undefined {
  for (const pattern of CONVERSIONS) {
    const [, time, from, to] = pattern.exec(text) ?? [];
    if (time && from && to && parseClock(time)) return step('time_convert', { time, from, to });
  }
  const [, to, time, from] = CONVERSION_BACK.exec(text) ?? [];
  return time && from && to && parseClock(time) ? step('time_convert', { time, from, to }) : undefined;
}

function difference(text: string): Step | undefined {
  for (const pattern of DIFFERENCES) {
    const [, from, to] = pattern.exec(text) ?? [];
    // "how many days from ... to" is for the calendar.
    if (from && to && (pattern === DIFFERENCES[0] || parseZone(from)))
      return step('time_difference', { from, to });
  }
  const [, to, from] = AHEAD.exec(text) ?? [];
  return to && from && parseZone(to) ? step('time_difference', { from, to }) : undefined;
}

function now(text: string): Step | undefined {
  const place = NOW_IN.exec(text)?.[1];
  // Two places are two questions; the caller takes them apart.
  if (place !== undefined) return / and |, /i.test(place) ? undefined : step('time_now', { place });
  if (NOW.test(text)) return step('time_now', { place: 'UTC' });
  const short = NOW_SHORT.exec(text)?.[1];
  return short !== undefined && parseZone(short) ? step('time_now', { place: short }) : undefined;
}

function step(tool: string, input: Readonly<Record<string, unknown>>): Step {
  return { kind: 'tool', tool, input };
}
