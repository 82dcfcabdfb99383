import { replay, type Failure } from './simulate.ts';
import { shrink } from './shrink.ts';

/** A failure for people: its seed, its shortest schedule, and what happens in it, line by line. */
export async function describeFailure({ schedule, what }: Failure): Promise<string> {
  const short = await shrink(schedule, (candidate) => replay(candidate));
  const trace: string[] = [];
  const broken = await replay(short, (line) => trace.push(line));
  return [
    `SEED=${schedule.seed} (${schedule.name}): ${what}`,
    `shortened from ${schedule.steps.length} steps to ${short.steps.length}: ${broken ?? what}`,
    JSON.stringify(short.scenario),
    ...trace,
  ].join('\n');
}
