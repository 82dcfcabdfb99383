export { BACKOFF_DEFAULT, type Backoff } from './backoff.ts';
export { LongspanClient } from './client.ts';
export type { ClientOptions } from './client-options.ts';
export type { ClientState, ClosedReason, HoldReason, LossReason } from './client-state.ts';
export type { Delivered } from './event-buffer.ts';
export type { EventMap, EventMeta, GapNotice, Receipt } from './event-map.ts';
export { CLIENT_ERROR_CODES, LongspanError, type ClientErrorCode } from './longspan-error.ts';
// The client as a function, for who runs it by other means than sockets and timers.
export type { Effect as MachineEffect } from './machine/effect.ts';
export type { Input as MachineInput } from './machine/input.ts';
export { initialMachine, type ClientStats, type Machine } from './machine/state.ts';
export { step as stepMachine } from './machine/step.ts';
export { nextWake } from './machine/timing.ts';
export {
  localStorageStore,
  memoryStore,
  sessionStorageStore,
  type KeyValueStorage,
  type PositionStore,
} from './position-store.ts';
export type { Socket, SocketConstructor, SocketEvent } from './socket.ts';
export type { TokenOption } from './token-source.ts';
export type { CloudEvent } from '@longspan/protocol';
