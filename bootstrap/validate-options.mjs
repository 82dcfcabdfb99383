import { parseArgs } from 'node:util';
import { SetupError } from './setup-error.mjs';

export const usage = `npm run validate [-- options]

Runs every suite and writes what was seen into reports/: summary.md, index.html, a page for each suite, and the data.

  (none)          some 42 minutes on two cores
  --quick         some 8 minutes, without what npm test runs in full
  --long          hours
  --only a,b      these suites only: folders of tests/, or unit
  --seed S        the chance of an earlier run again
  --report-only   makes the pages anew from reports/data/
  --help          this text`;

/**
 * @typedef {{ scale: 'quick' | 'full' | 'long', only?: readonly string[], seed: string, reportOnly: boolean, help: boolean }} ValidateOptions
 */

/**
 * The options of `npm run validate`. Throws a `SetupError` for what is none.
 *
 * @param {readonly string[]} args
 * @param {() => string} drawSeed used where none is given
 * @returns {ValidateOptions}
 */
export function parseValidateOptions(args, drawSeed = () => String(Math.floor(Math.random() * 2 ** 31))) {
  const { quick, long, only, seed, ...rest } = parse(args);
  if (quick && long) throw new SetupError('--quick or --long, not both.');
  return {
    scale: quick ? 'quick' : long ? 'long' : 'full',
    ...(only === undefined ? {} : { only: only.split(',').map((name) => name.trim()) }),
    seed: seed ?? drawSeed(),
    reportOnly: rest['report-only'],
    help: rest.help,
  };
}

function parse(args) {
  const flag = /** @type {const} */ ({ type: 'boolean', default: false });
  const text = /** @type {const} */ ({ type: 'string' });
  const options = { quick: flag, long: flag, only: text, seed: text, 'report-only': flag, help: flag };
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new SetupError(`${error.message}\n\n${usage}`, { cause: error });
  }
}
