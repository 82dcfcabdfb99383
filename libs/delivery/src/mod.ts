export { contiguous, type Stretch } from './contiguous.ts';
export { ENTRY_OVERHEAD_BYTES, entryBytes, type DeliveryWay, type Entry } from './entry.ts';
export { Hub, type HubOptions } from './host/hub.ts';
export type { Observer, RoundOutcome } from './host/observer.ts';
export type { Scheduler } from './host/scheduler.ts';
export type { SessionHost } from './host/session-host.ts';
export type { Wire } from './host/wire.ts';
export type { OutboxLimits } from './outbox.ts';
export type { Start } from './session.ts';
