import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ProcessSpec } from './child-process.ts';
import { parseLogLine } from './log-line.ts';

const parentWatch = pathToFileURL(join(import.meta.dirname, 'parent-watch.mjs')).href;

/** How to run one of the services in `services/`. */
export function serviceProcess(options: {
  readonly rootFolder: string;
  /** The service's folder: `edge`, `ingress`, `agent`. */
  readonly service: string;
  /** This process's name, such as `edge-1`. */
  readonly name: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onLine: (text: string) => void;
}): ProcessSpec {
  const main = join(options.rootFolder, 'services', options.service, 'src', 'main.ts');
  return {
    name: options.name,
    args: ['--import', parentWatch, main],
    env: { ...process.env, ...options.env, LONGSPAN_NAME: options.name },
    onLine: options.onLine,
    isReady: (text) => parseLogLine(text, new Date()).message === `${options.service}.ready`,
  };
}
