import type { CaughtUp } from './down/caught-up.ts';
import type { Drain } from './down/drain.ts';
import type { ErrorFrame } from './down/error.ts';
import type { Events } from './down/events.ts';
import type { Gap } from './down/gap.ts';
import type { Ping } from './down/ping.ts';
import type { Sent } from './down/sent.ts';
import type { Welcome } from './down/welcome.ts';

/** Edge → client. */
export type DownFrame = Welcome | Events | Gap | CaughtUp | Sent | ErrorFrame | Ping | Drain;
