import { WriteStream } from 'node:tty';

const spinnerFrames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const quietMs = 250;
const spinnerMs = 100;
const reminderMs = 15_000;
const clearLine = '\r\u001B[2K';

/**
 * @typedef {object} Progress
 * @property {<T>(title: string, work: (tell: (detail: string) => void) => Promise<T>, isGood?: (result: T) => boolean) => Promise<T>} step
 *   runs `work` and shows it when it takes longer than a moment; `tell` names what it is at; `isGood` judges the result's mark
 * @property {(line: string) => void} say prints a line
 */

/**
 * Shows what takes long: on a terminal one line that is rewritten, elsewhere a line at the beginning, a reminder every 15 s and
 * a line at the end. What is done within a quarter of a second is not mentioned.
 *
 * @param {NodeJS.WriteStream} [out]
 * @returns {Progress}
 */
export function createProgress(out = process.stdout) {
  const isTerminal =
    out instanceof WriteStream && process.env.CI === undefined && process.env.TERM !== 'dumb';
  // The line that is being rewritten makes room for a finished one.
  const say = (line) => void out.write(isTerminal ? `${clearLine}${line}\n` : `${line}\n`);

  const step = async (title, work, isGood = () => true) => {
    const startedAt = Date.now();
    const display = isTerminal ? terminalLine(out, title, startedAt) : plainLines(say, title, startedAt);
    try {
      const result = await work(display.tell);
      display.end(isGood(result) ? '✓' : '✗', seconds(startedAt));
      return result;
    } catch (error) {
      display.end('✗', seconds(startedAt));
      throw error;
    }
  };
  return { step, say };
}

/** Seconds since `startedAt`, for people. */
function seconds(startedAt) {
  const elapsed = (Date.now() - startedAt) / 1000;
  return elapsed < 10 ? `${elapsed.toFixed(1)} s` : `${Math.round(elapsed)} s`;
}

function terminalLine(out, title, startedAt) {
  let detail = '';
  let frame = 0;
  let shown = false;
  const draw = () => {
    shown = true;
    frame = (frame + 1) % spinnerFrames.length;
    const text = `${spinnerFrames[frame]} ${title} · ${seconds(startedAt)}${detail === '' ? '' : ` · ${detail}`}`;
    out.write(`${clearLine}${text.slice(0, (out.columns || 80) - 1)}`);
  };
  const timer = setInterval(() => {
    if (Date.now() - startedAt >= quietMs) draw();
  }, spinnerMs);
  return {
    tell: (text) => {
      detail = text;
    },
    end: (mark, took) => {
      clearInterval(timer);
      if (shown) out.write(`${clearLine}${mark} ${title} · ${took}\n`);
    },
  };
}

function plainLines(say, title, startedAt) {
  let detail = '';
  let shown = false;
  const announcement = setTimeout(() => {
    shown = true;
    say(`… ${title}`);
  }, quietMs);
  const reminder = setInterval(() => {
    say(`  still at it after ${seconds(startedAt)}${detail === '' ? '' : `: ${detail}`}`);
  }, reminderMs);
  return {
    tell: (text) => {
      detail = text;
    },
    end: (mark, took) => {
      clearTimeout(announcement);
      clearInterval(reminder);
      if (shown) say(`${mark} ${title} · ${took}`);
    },
  };
}
