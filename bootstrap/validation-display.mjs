import { WriteStream } from 'node:tty';
import { duration } from '../libs/testkit/src/report/wording.ts';

const redrawMs = 200;
const reminderMs = 60_000;
const findingsShown = 5;
const barCells = 24;
const spinnerFrames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/**
 * @typedef {import('../libs/testkit/src/evidence/findings.ts').Finding} Finding
 * @typedef {object} Now what the run is at
 * @property {string} title of the suite
 * @property {number} number of the suite, from 1
 * @property {number} startedAt milliseconds since 1970
 * @property {number} expectedMs how long this suite takes by experience
 * @property {number} afterwardsMs how long those after it take
 */

/**
 * Shows a validation while it runs: what is done, what runs now and since when, the last findings, the time that is left. On a terminal
 * the last lines are drawn anew; elsewhere there is a line for each thing that happens, and a reminder every minute.
 */
export class ValidationDisplay {
  #out;
  #isTerminal;
  #total;
  #startedAt = Date.now();
  /** @type {Now | undefined} */
  #now;
  #test = '';
  #tested = 0;
  #findings = [];
  #drawnLines = 0;
  #frame = 0;
  #timer;

  /**
   * @param {number} total how many suites there are
   * @param {NodeJS.WriteStream} out
   */
  constructor(total, out = process.stdout) {
    this.#total = total;
    this.#out = out;
    this.#isTerminal =
      out instanceof WriteStream && process.env.CI === undefined && process.env.TERM !== 'dumb';
    this.#timer = setInterval(
      () => (this.#isTerminal ? this.#draw() : this.#remind()),
      this.#isTerminal ? redrawMs : reminderMs,
    );
  }

  /** @param {string} line */
  say(line) {
    this.#erase();
    this.#out.write(`${line}\n`);
    if (this.#isTerminal) this.#draw();
  }

  /** @param {Now} now */
  begin(now) {
    this.#now = now;
    this.#test = '';
    this.#tested = 0;
    this.#findings = [];
    if (!this.#isTerminal) this.say(`… ${now.title} (${now.number} of ${this.#total}), ${this.#timeLeft()}`);
  }

  /** @param {string} title the test that begins */
  test(title) {
    this.#test = title;
  }

  tested() {
    this.#tested += 1;
  }

  /** @param {Finding} finding */
  found(finding) {
    const line = `    ${finding.holds ? '✓' : '✗'} ${oneLine(`${finding.metric}: ${finding.achieved}`)}`;
    if (this.#isTerminal && finding.holds) this.#findings.push(line);
    else this.say(`${line}${finding.holds ? '' : ` (${oneLine(finding.requirement)})`}`);
  }

  /**
   * @param {boolean} isGood
   * @param {string} detail
   */
  end(isGood, detail) {
    const now = this.#now;
    if (now === undefined) return;
    this.#now = undefined;
    this.say(`${isGood ? '✓' : '✗'} ${now.title} · ${detail} · ${duration(Date.now() - now.startedAt)}`);
  }

  close() {
    clearInterval(this.#timer);
    this.#erase();
  }

  #remind() {
    const now = this.#now;
    if (now === undefined) return;
    this.say(`  ${now.title}: ${this.#current(now)}; ${this.#timeLeft()}`);
  }

  #draw() {
    this.#erase();
    const now = this.#now;
    if (now === undefined) return;
    this.#frame = (this.#frame + 1) % spinnerFrames.length;
    const elapsedMs = Date.now() - this.#startedAt;
    const done = Math.floor((elapsedMs / (elapsedMs + this.#leftMs(now) + 1)) * barCells);
    const lines = [
      `${spinnerFrames[this.#frame]} ${now.title} · ${this.#current(now)}`,
      ...this.#findings.slice(-findingsShown),
      `[${'█'.repeat(done)}${'░'.repeat(barCells - done)}] ${now.number} of ${this.#total} · ${this.#timeLeft()}`,
    ];
    const columns = this.#out.columns || 80;
    this.#out.write(lines.map((line) => `${line.slice(0, columns - 1)}\n`).join(''));
    this.#drawnLines = lines.length;
  }

  #erase() {
    if (this.#drawnLines === 0) return;
    this.#out.write(`\u001B[${this.#drawnLines}A\u001B[0J`);
    this.#drawnLines = 0;
  }

  #current({ startedAt }) {
    const since = duration(Date.now() - startedAt);
    return [since, `${this.#tested} tests done`, this.#test].filter((part) => part !== '').join(' · ');
  }

  #timeLeft() {
    const elapsed = `${duration(Date.now() - this.#startedAt)} elapsed`;
    return this.#now === undefined ? elapsed : `${elapsed}, about ${duration(this.#leftMs(this.#now))} to go`;
  }

  /** By experience; a suite that takes longer than ever is taken for almost done. */
  #leftMs({ startedAt, expectedMs, afterwardsMs }) {
    return Math.max(0, startedAt + expectedMs - Date.now()) + afterwardsMs;
  }
}

function oneLine(text) {
  return text.replaceAll(/\s+/gu, ' ').slice(0, 200);
}
