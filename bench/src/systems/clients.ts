import type { BenchEvent } from '../load/event.ts';

/** How a running system is reached; it crosses processes. */
export interface Access {
  /** Base urls of the edges, `http://127.0.0.1:<port>`. Empty where clients reach the broker itself. */
  readonly edgeUrls: readonly string[];
  /** `nats://` or `redis://`. */
  readonly brokerUrls: readonly string[];
  /** The broker's WebSocket listener, where clients use it. */
  readonly brokerWebSocketUrl?: string;
  /** Of Longspan's log; 1 where there is none. */
  readonly shards: number;
  /** Where the publisher's traces go, as its edges' do. */
  readonly traces?: Traces;
}

export interface Traces {
  /** An OTLP receiver's base url. */
  readonly endpoint: string;
  /** The part of traces that is kept. */
  readonly ratio: number;
}

export interface EventPublisher extends AsyncDisposable {
  /**
   * Publishes for a user, in the order of the calls for each user. `settled` is called once: when the system has acknowledged it as
   * far as it acknowledges anything, or with what went wrong.
   */
  publish(user: string, event: BenchEvent, settled: (error?: Error) => void): void;
}

export interface DeviceOptions {
  readonly user: string;
  /** A JWT for the user, which every system checks but the limits. */
  readonly token: string;
  /** The edge that it tries first, by its number. */
  readonly startAt: number;
  /** `earliest` is for systems that keep history for newcomers. */
  readonly from: 'latest' | 'earliest';
  /** The application's callback. */
  readonly event: (event: BenchEvent) => void;
  /** Connected, and caught up as far as the system knows such a thing. */
  readonly live: () => void;
  /** The connection is gone; the device comes back by itself. */
  readonly lost: () => void;
}

/** A user's device, connected by the system's own client as its documentation recommends. */
export interface Device {
  close(): Promise<void>;
}

/** The clients of a system, for the processes that generate load. */
export interface SystemClients {
  openPublisher(access: Access): Promise<EventPublisher>;
  /** Absent where a system is measured without readers: an event then counts as delivered when it is acknowledged. */
  readonly connect?: (access: Access, options: DeviceOptions) => Device;
}
