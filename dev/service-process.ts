import { join } from 'node:path';
import type { ProcessSpec } from './child-process.ts';
import { parseLogLine } from './log-line.ts';

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
    args: [main],
    env: { ...process.env, ...options.env, LONGSPAN_NAME: options.name, LONGSPAN_EXIT_WITH_PARENT: '1' },
    onLine: options.onLine,
    isReady: (text) => parseLogLine(text, new Date()).message === `${options.service}.ready`,
  };
}
