import type { Auth } from './up/auth.ts';
import type { Connect } from './up/connect.ts';
import type { Pong } from './up/pong.ts';
import type { Received } from './up/received.ts';
import type { Send } from './up/send.ts';

/** Client → edge. */
export type UpFrame = Connect | Send | Auth | Pong | Received;
