import { calculate } from './calculate.ts';
import { timeConvert, timeDifference, timeNow } from './clock.ts';
import { dateAdd, dateDifference, dateFacts } from './dates.ts';
import { textStatistics } from './text-statistics.ts';
import type { Tool } from './tool.ts';

export type Toolbox = ReadonlyMap<string, Tool>;

/** Every tool, by name. @param now milliseconds since 1970. */
export function makeToolbox(now: () => number): Toolbox {
  const tools = [
    calculate,
    timeNow(now),
    timeConvert(now),
    timeDifference(now),
    dateDifference(now),
    dateAdd(now),
    dateFacts(now),
    textStatistics,
  ];
  return new Map(tools.map((tool) => [tool.name, tool]));
}
