import { parseArgs } from 'node:util';
import { SetupError } from './setup-error.mjs';

export const usage = `npm start [-- options]

Runs the whole system on this machine until Ctrl-C.

  (none)        with a viewer of traces, to which the console links
  --no-observe  without traces
  --help        this text`;

/**
 * The options of `npm start`. Throws a `SetupError` for what is none.
 *
 * @param {readonly string[]} args
 * @returns {{ observe: boolean, help: boolean }}
 */
export function parseStartOptions(args) {
  const options = /** @type {const} */ ({
    observe: { type: 'boolean', default: true },
    help: { type: 'boolean', default: false },
  });
  try {
    const { observe, help } = parseArgs({ args: [...args], options, allowNegative: true }).values;
    return { observe, help };
  } catch (error) {
    throw new SetupError(`${error.message}\n\n${usage}`, { cause: error });
  }
}
