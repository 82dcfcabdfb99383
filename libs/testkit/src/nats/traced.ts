import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const CONFIG = join(import.meta.dirname, '../../../../deploy/nats/development.conf');

/** For `startNats`: servers that tell the hops of messages whose trace is kept, and ask for no password. */
export const TRACED = { config: readFileSync(CONFIG, 'utf8') } as const;
