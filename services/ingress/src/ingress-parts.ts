import type { Control, EventLog, Publisher } from '@longspan/broker';
import type { Logger } from '@longspan/telemetry';
import type { IngressConfig } from './config.ts';
import type { OperationsFeed } from './operations/operations-feed.ts';

/** What the routes are made of. */
export interface IngressParts {
  readonly config: IngressConfig;
  readonly publisher: Publisher;
  readonly log: EventLog;
  readonly control: Control;
  readonly operations: OperationsFeed;
  readonly logger: Logger;
}
