import { installPackages } from './distribution-packages.mjs';
import { findExecutables, isExecutable } from './find-executable.mjs';
import { mayInstallPackages } from './linux-distribution.mjs';
import { runCommand } from './run-command.mjs';
import { SetupError } from './setup-error.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/**
 * A Chromium for the browser tests: CHROME_PATH, the PATH, the usual places, or the distribution's package where this process may
 * install it.
 *
 * @param {import('./progress.mjs').Progress} progress
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ path: string } | { missing: string }>} `missing` says why there is none
 */
export async function provideChromium(progress, env = process.env) {
  if (env.CHROME_PATH) {
    if (isExecutable(env.CHROME_PATH)) return { path: env.CHROME_PATH };
    throw new SetupError(`CHROME_PATH=${env.CHROME_PATH} is not a program. Correct it, or unset it.`);
  }
  const found = await findChromium(env);
  if (found !== undefined) return { path: found };
  if (!mayInstallPackages()) {
    return { missing: 'there is no Chromium on the PATH or in CHROME_PATH (install Chromium or Chrome)' };
  }
  const result = await progress.step(
    "Installing this distribution's Chromium (package chromium)",
    (tell) => installPackages(['chromium'], tell),
    ({ installed }) => installed,
  );
  if (!result.installed) return { missing: result.reason };
  const installed = await findChromium(env);
  return installed === undefined
    ? { missing: "the distribution's Chromium does not run here" }
    : { path: installed };
}

async function findChromium(env) {
  const candidates = [
    ...names.flatMap((name) => findExecutables(name, env)),
    ...usualPlaces(env).filter(isExecutable),
  ];
  for (const path of candidates) {
    // On Windows `--version` opens a window; elsewhere it tells a real browser from a stub that only advises to install one.
    if (process.platform === 'win32') return path;
    const answer = await runCommand(path, ['--version'], { timeoutMs: 20_000 });
    if (answer.code === 0 && /chrom/iu.test(answer.stdout)) return path;
  }
  return undefined;
}

function usualPlaces(env) {
  if (process.platform === 'darwin') {
    return ['Google Chrome', 'Chromium'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
  }
  if (process.platform !== 'win32') return [];
  return [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA]
    .filter((folder) => folder !== undefined)
    .map((folder) => `${folder}\\Google\\Chrome\\Application\\chrome.exe`);
}
