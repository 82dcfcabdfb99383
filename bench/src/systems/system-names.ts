/** What can be measured, by the names that `--only` takes. */
export const SYSTEM_NAMES = [
  'longspan-r1',
  'longspan-r3',
  'longspan-r1-unsampled',
  'longspan-r1-traced',
  'socket-io',
  'socket-io-by-hand',
  'sse-redis',
  'nats-websocket',
  'raw-ws',
  'raw-jetstream-r1',
  'raw-jetstream-r3',
] as const;

export type SystemName = (typeof SYSTEM_NAMES)[number];
