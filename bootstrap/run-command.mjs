import { spawn } from 'node:child_process';

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/**
 * Runs a program to its end, without a shell. Never rejects: a program that cannot be started yields code -1 and the reason in `stderr`.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number, onLine?: (line: string) => void }} [options]
 * @returns {Promise<{ code: number, stdout: string, stderr: string }>}
 */
export function runCommand(program, args, options = {}) {
  const { onLine, timeoutMs, ...spawnOptions } = options;
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      ...spawnOptions,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    running.add(child);
    const output = { stdout: '', stderr: '' };
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    const end = (code) => {
      clearTimeout(timer);
      running.delete(child);
      resolve({ code, ...output });
    };
    for (const name of /** @type {const} */ (['stdout', 'stderr'])) {
      child[name].setEncoding('utf8').on('data', (chunk) => {
        output[name] += chunk;
        if (onLine === undefined) return;
        const lines = chunk.split(/[\r\n]+/u).filter((line) => line.trim() !== '');
        if (lines.length > 0) onLine(lines.at(-1).trim());
      });
    }
    child.on('error', (error) => {
      output.stderr += error.message;
      end(-1);
    });
    child.on('close', (code) => end(code ?? -1));
  });
}

/** Ends every program that `runCommand` still runs: called when setting up is interrupted. */
export function endRunningCommands() {
  for (const child of running) child.kill('SIGTERM');
}

/**
 * The last lines that a program printed, for an error message.
 *
 * @param {{ stdout: string, stderr: string }} output
 * @param {number} count
 */
export function lastLines(output, count = 5) {
  const lines = `${output.stdout}\n${output.stderr}`.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-count).join('\n');
}
