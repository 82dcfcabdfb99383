import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stateFolder } from './paths.mjs';

const file = join(stateFolder, 'validation-times.json');
/** How much longer or shorter than at scale `full` a suite is before anybody has measured it. */
const factors = { quick: 0.2, full: 1, long: 20 };

/** How long suites took on this machine, kept from run to run: for estimates only. */
export class SuiteTimes {
  #scale;
  #measured = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};

  /** @param {'quick' | 'full' | 'long'} scale */
  constructor(scale) {
    this.#scale = scale;
  }

  /** @param {import('../libs/testkit/src/report/suites.ts').Suite} suite */
  expectedMs({ name, fullSeconds, hasFindings }) {
    const guess = fullSeconds * (hasFindings ? factors[this.#scale] : 1) * 1_000;
    return this.#measured[`${this.#scale} ${name}`] ?? guess;
  }

  /** @param {import('../libs/testkit/src/report/run-file.ts').Step} step */
  keep({ suite, end, durationMs }) {
    if (end !== 'ended') return;
    this.#measured[`${this.#scale} ${suite}`] = durationMs;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(this.#measured, undefined, 1)}\n`);
  }
}
