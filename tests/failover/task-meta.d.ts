import type { NatsBackend } from '@longspan/testkit';

declare module 'vitest' {
  interface TaskMeta {
    /** What the test's NATS cluster ran in; `npm test` tells how many ran where. */
    backend?: NatsBackend;
  }
}
