export type { Brand } from './brand.ts';
export {
  AGENT_EVENT_TYPES,
  TERMINAL_EVENT_TYPES,
  type AgentEventType,
  type CloudEvent,
} from './cloud-event.ts';
export { afterClose, CLOSE_CODES, type AfterClose, type CloseReason } from './close-codes.ts';
export { decodeDown } from './decode-down.ts';
export type { DownFrame } from './down.ts';
export type { CaughtUp } from './down/caught-up.ts';
export type { Drain } from './down/drain.ts';
export type { ErrorFrame } from './down/error.ts';
export type { DeliveredEvent, Events } from './down/events.ts';
export type { Gap } from './down/gap.ts';
export type { Ping } from './down/ping.ts';
export type { Sent } from './down/sent.ts';
export type { SessionLimits, Welcome } from './down/welcome.ts';
export { ERROR_CODES, type ErrorCode } from './error-codes.ts';
export type { GapReason } from './gap.ts';
export { DATA_DEPTH_MAX, nestsDeeperThan } from './nesting.ts';
export type {
  AgentFacts,
  AgentReport,
  EdgeFacts,
  EdgeReport,
  Moment,
  Operations,
  Percentiles,
  ProcessFacts,
  PublisherFacts,
  PublisherReport,
  SessionCounts,
  StreamReport,
} from './operations.ts';
export {
  epochOfCreation,
  formatPosition,
  parseEpoch,
  parsePosition,
  parseSeq,
  SEQ_ZERO,
  type Epoch,
  type Position,
  type Seq,
} from './position.ts';
export { SUBPROTOCOL } from './protocol-version.ts';
export type {
  HistogramMetric,
  HistogramPoint,
  Labels,
  Metric,
  ServiceStatus,
  SlowSession,
  ToldGap,
  ValueMetric,
  ValuePoint,
} from './service-status.ts';
export { isSampled, isTraceparent } from './traceparent.ts';
export { unreachable } from './unreachable.ts';
export type { UpFrame } from './up.ts';
export type { Auth } from './up/auth.ts';
export type { Connect, ConnectReport } from './up/connect.ts';
export type { Pong } from './up/pong.ts';
export { RECEIVED_EVENTS_MAX, type Received } from './up/received.ts';
export type { Send } from './up/send.ts';
export { parseUserId, USER_ID_BYTES_MAX, type UserId } from './user-id.ts';
