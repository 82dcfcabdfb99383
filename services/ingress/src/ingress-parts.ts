import type { Control, EventLog, Publisher } from '@longspan/broker';
import type { Logger } from '@longspan/telemetry';
import type { IngressConfig } from './config.ts';

/** What the routes are made of. */
export interface IngressParts {
  readonly config: IngressConfig;
  readonly publisher: Publisher;
  readonly log: EventLog;
  readonly control: Control;
  readonly logger: Logger;
}
