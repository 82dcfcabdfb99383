import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Every executable file of this name on the PATH, in the PATH's order.
 *
 * @param {string} name without the ending that Windows adds
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string[]}
 */
export function findExecutables(name, env = process.env) {
  const folders = (env.PATH ?? env.Path ?? '').split(delimiter).filter((folder) => folder !== '');
  const fileName = process.platform === 'win32' ? `${name}.exe` : name;
  return folders.map((folder) => join(folder, fileName)).filter(isExecutable);
}

/** @param {string} path */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
