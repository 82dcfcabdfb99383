export { Doubt } from './doubt.ts';
export { BrokerError, type BrokerErrorCode } from './errors.ts';
export { applyTopology, type TopologyOutcome, type TopologyStep } from './nats/apply-topology.ts';
export { openBroker, type Broker, type BrokerOptions } from './nats/broker.ts';
export { NatsCommandQueue } from './nats/command-queue.ts';
export { NatsCommandWriter } from './nats/command-writer.ts';
export { connectNats, type NatsOptions } from './nats/connect.ts';
export { ATTEMPT_HEADER, TRACE_HEADER } from './nats/trace-header.ts';
export { NatsControl } from './nats/control.ts';
export { NatsEventLog } from './nats/event-log.ts';
export { NatsPublisher } from './nats/publisher.ts';
export { EVENT_BYTES_MAX, type TopologySpec } from './nats/stream-wish.ts';
export { ensureTopology } from './nats/topology.ts';
export type {
  Command,
  CommandQueue,
  CommandReceipt,
  CommandWriter,
  Delivery,
  NewCommand,
  QueueOptions,
} from './port/commands.ts';
export type { Control } from './port/control.ts';
export {
  HEADS_USERS_MAX,
  type EventLog,
  type Heads,
  type LiveEvent,
  type LoggedEvent,
  type LogNotice,
  type Page,
  type PageLimit,
  type RangePage,
  type ShardState,
} from './port/event-log.ts';
export {
  PUBLISH_BUDGET_MS,
  PUBLISH_EVENTS_MAX,
  type Publisher,
  type PublishOptions,
  type Receipt,
} from './port/publisher.ts';
export type { StatusBoard } from './port/status.ts';
export type { ReplicaState, StreamState, StreamStates } from './port/streams.ts';
export { Polled } from './polled.ts';
export { errorType, KEPT, Operation, tracer } from './tracing/operation.ts';
export { decideRoots, isDecided } from './tracing/root-decision.ts';
export { processCommandSpan } from './tracing/command-span.ts';
export { EVENT_MESSAGE } from './tracing/publish-spans.ts';
export { contextOf, spanContextOf, traceparentOf, withoutSpans } from './tracing/trace-context.ts';
export { NatsStatusBoard } from './nats/status.ts';
export { tellStatus } from './tell-status.ts';
export { shardOf, type ShardId } from './shard.ts';
export {
  COMMANDS_STREAM,
  commandSubject,
  DEAD_COMMANDS_STREAM,
  eventSubject,
  liveSubject,
  shardStream,
} from './subjects.ts';
