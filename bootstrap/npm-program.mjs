import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { findExecutables } from './find-executable.mjs';
import { lastLines, runCommand } from './run-command.mjs';
import { SetupError } from './setup-error.mjs';

const complaintLinesMax = 8;

/**
 * The path of npm's own script, so that any Node can run it without a shell: the npm that runs us, else the one beside Node.
 *
 * @param {NodeJS.ProcessEnv} [env]
 */
function findNpm(env = process.env) {
  const candidates = [
    env.npm_execpath,
    ...findExecutables('npm', env).map((path) => realpathSync(path)),
    ...[process.execPath, ...findExecutables('node', env)].flatMap((node) => [
      join(dirname(node), 'node_modules', 'npm', 'bin', 'npm-cli.js'),
      join(dirname(node), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    ]),
  ];
  const found = candidates.find((path) => path && basename(path) === 'npm-cli.js' && existsSync(path));
  if (found !== undefined) return found;
  throw new SetupError(
    'npm cannot be found, and Longspan needs it to fetch its dependencies.\nInstall Node together with npm and start again with `npm start`.',
  );
}

/**
 * Runs npm with the Node that runs us.
 *
 * @param {readonly string[]} args
 * @param {string} cwd
 * @param {(detail: string) => void} tell
 * @param {string} purpose how the sentence "… failed" begins
 */
export async function runNpm(args, cwd, tell, purpose) {
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=http', '--color=false'];
  const onLine = (line) => tell(line.replace(/^npm (?:http|verb|info|warn)\s*(?:fetch|cache)?\s*/u, ''));
  const result = await runCommand(process.execPath, [findNpm(), ...args, ...quiet], {
    cwd,
    env: withoutNpmSettings(process.env),
    onLine,
  });
  if (result.code === 0) return;
  const complaints = complaintsOf(result.stderr);
  throw new SetupError(
    `${purpose} failed. Check the network connection (and npm's registry and proxy settings), then start again.\n` +
      `What npm said:\n${complaints.replaceAll(/^/gmu, '  ')}`,
  );
}

/** npm's own words about what went wrong, without its help text: it says the most telling things first. */
function complaintsOf(text) {
  const lines = text.split('\n').filter((line) => /^npm error [\w`]/iu.test(line));
  return lines.slice(0, complaintLinesMax).join('\n') || lastLines({ stdout: '', stderr: text });
}

/** `npm start` hands its own flags down as variables; those of another folder's installation must not take part. */
function withoutNpmSettings(env) {
  const dropped =
    /^npm_(?:package_|lifecycle_|config_(?:global|prefix|local_prefix|workspace|omit|include))/iu;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !dropped.test(name)));
}
