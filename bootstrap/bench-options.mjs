import { parseArgs } from 'node:util';
import { SetupError } from './setup-error.mjs';

export const usage = `npm run bench [-- options]

Measures Longspan, its limits and what would be used instead, side by side, and writes bench/results/latest/: summary.md, result.json and plots/.

  (none)          every row of the table, in five rounds: some hours
  --quick         some eight minutes, shorter and smaller: shows that it works, decides nothing
  --only a,b      these measures and systems only, by name (a wrong name lists them)
  --growth        also how cost grows: sessions, users, shards, edges, replay, event size, devices
  --rounds N      so many rounds
  --seed S        the load of an earlier run again
  --continue      goes on with the run in bench/results/latest that was interrupted: its scale, rounds and seed, what it has not measured
  --compare FILE  beside the result.json of an earlier run
  --json          the result as JSON on standard output; all else goes to standard error
  --profile       CPU profiles of the edges in bench/results/latest/profiles/
  --help          this text`;

const roundsOf = { quick: 1, full: 5 };
const seedBits = 31;

/**
 * @typedef {{ scale: 'quick' | 'full', only: readonly string[], growth: boolean, rounds: number, seed: number, continue: boolean, compare?: string, json: boolean, profile: boolean, help: boolean }} BenchOptions
 */

/**
 * The options of `npm run bench`. Throws a `SetupError` for what is none.
 *
 * @param {readonly string[]} args
 * @param {() => number} drawSeed used where none is given
 * @returns {BenchOptions}
 */
export function parseBenchOptions(args, drawSeed = () => Math.floor(Math.random() * 2 ** seedBits)) {
  const { quick, only, rounds, seed, compare, ...flags } = parse(args);
  const scale = quick ? 'quick' : 'full';
  return {
    ...flags,
    scale,
    only: only === undefined ? [] : only.split(',').map((name) => name.trim()),
    rounds: rounds === undefined ? roundsOf[scale] : whole('--rounds', rounds, 1, 1_000),
    seed: seed === undefined ? drawSeed() : whole('--seed', seed, 0, 2 ** seedBits - 1),
    ...(compare === undefined ? {} : { compare }),
  };
}

function parse(args) {
  const flag = /** @type {const} */ ({ type: 'boolean', default: false });
  const text = /** @type {const} */ ({ type: 'string' });
  const options = {
    quick: flag,
    growth: flag,
    continue: flag,
    json: flag,
    profile: flag,
    help: flag,
    only: text,
    rounds: text,
    seed: text,
    compare: text,
  };
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new SetupError(`${error.message}\n\n${usage}`, { cause: error });
  }
}

function whole(option, text, least, most) {
  const number = Number(text);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw new SetupError(`${option} takes a whole number from ${least} to ${most}, not ${text}.`);
}
