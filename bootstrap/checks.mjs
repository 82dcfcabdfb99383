import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rootFolder } from './paths.mjs';
import { runCommand } from './run-command.mjs';

/**
 * @typedef {{ readonly name: string, readonly program: readonly [packageName: string, bin: string], readonly args: readonly string[] }} Check
 */

// Branded types are made by casts; the rule against narrowing casts cannot tell those from others.
const lintArgs = ['--type-aware', '--allow=typescript/no-unsafe-type-assertion'];

/** @type {readonly Check[]} What is checked without running any code of ours. */
const checks = [
  { name: 'types', program: ['typescript', 'tsc'], args: ['-p', '.'] },
  { name: 'types of the client library', program: ['typescript', 'tsc'], args: ['-p', 'libs/client'] },
  {
    name: 'types of the console',
    program: ['typescript', 'tsc'],
    args: ['-p', 'services/console', '--noEmit'],
  },
  { name: 'lint', program: ['oxlint', 'oxlint'], args: lintArgs },
  { name: 'format', program: ['prettier', 'prettier'], args: ['--check', '--log-level', 'warn', '.'] },
  { name: 'unused code', program: ['knip', 'knip'], args: ['--no-progress'] },
];

/**
 * Runs the checks that this work tree is set up for, and prints what those say that fail.
 *
 * @param {import('./progress.mjs').Progress} progress
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runChecks(progress) {
  let failed = 0;
  const applicable = checks.filter(isSetUp);
  for (const { name, program, args } of applicable) {
    const result = await progress.step(
      `Checking ${name}`,
      () => runCommand(process.execPath, [binPath(...program), ...args], { cwd: rootFolder }),
      ({ code }) => code === 0,
    );
    if (result.code === 0) continue;
    failed += 1;
    progress.say(`✗ The check of ${name} failed:\n${result.stdout}${result.stderr}`);
  }
  return { passed: applicable.length - failed, failed };
}

function isSetUp({ program, args }) {
  const config =
    program[0] === 'knip' ? 'knip.json' : args[0] === '-p' ? join(args[1], 'tsconfig.json') : '.';
  return existsSync(join(rootFolder, config));
}

/**
 * The script behind a package's command, so that it runs with our Node and without a shell.
 *
 * @param {string} packageName
 * @param {string} bin
 */
export function binPath(packageName, bin) {
  const manifest = join(rootFolder, 'node_modules', packageName, 'package.json');
  const { bin: bins } = JSON.parse(readFileSync(manifest, 'utf8'));
  return join(dirname(manifest), typeof bins === 'string' ? bins : bins[bin]);
}
