export { BACKOFF_DEFAULT, type Backoff } from './backoff.ts';
export { LongspanClient } from './client.ts';
export type { ClientOptions } from './client-options.ts';
export type { ClientState, ClosedReason, HoldReason, LossReason } from './client-state.ts';
export type { Delivered } from './event-buffer.ts';
export type { EventMap, EventMeta, GapNotice, Receipt } from './event-map.ts';
export { CLIENT_ERROR_CODES, LongspanError, type ClientErrorCode } from './longspan-error.ts';
export type { ClientStats } from './machine/state.ts';
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
