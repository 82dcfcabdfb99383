import type { BrokerError, LiveEvent, ShardId } from '@longspan/broker';
import type { Position, Seq, UserId } from '@longspan/protocol';
import type { SimulatedEvent } from './simulated-stream.ts';

/** What a process sends to the servers, in order. */
export type Upward =
  | { readonly type: 'subscribe'; readonly id: number; readonly user: UserId }
  | { readonly type: 'unsubscribe'; readonly id: number }
  | { readonly type: 'barrier'; readonly token: number; readonly shard: ShardId };

/** What the servers send to a process, in order. */
export type Downward =
  | { readonly type: 'event'; readonly shard: ShardId; readonly id: number; readonly event: SimulatedEvent }
  | { readonly type: 'barrier'; readonly shard: ShardId; readonly token: number; readonly seq: Seq }
  | { readonly type: 'created'; readonly shard: ShardId };

export interface Subscription {
  readonly user: UserId;
  readonly onEvent: (event: LiveEvent) => void;
  /** Everything that it receives was committed after this, or to a stream made since. */
  readonly since: Position;
}

export interface Pending<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: BrokerError) => void;
}

/** For traces: without payloads. */
export function shown(value: unknown): string {
  return JSON.stringify(value, (key, part: unknown) =>
    key === 'payload' ? undefined : part instanceof Map ? [...part] : part,
  );
}
