import type { SlowSession, ToldGap } from './service-status.ts';

/**
 * What `GET /v1/operations` of an ingress tells: the whole system, as this ingress has heard it. Rates and percentiles
 * are those of the last five seconds.
 */
export interface Operations {
  /** In milliseconds since the Unix epoch, by the ingress's clock. */
  readonly atMs: number;
  /** The ingress that tells. */
  readonly ingress: string;
  /** Whether it has a connection to NATS; without one it hears nothing, and silence means nothing. */
  readonly connected: boolean;
  readonly totals: Moment;
  readonly edges: readonly EdgeReport[];
  readonly ingresses: readonly PublisherReport[];
  readonly agents: readonly AgentReport[];
  /** Null while NATS does not say. */
  readonly streams: readonly StreamReport[] | null;
  /** The latest gaps that edges told, the newest first. */
  readonly gaps: readonly (ToldGap & OfEdge)[];
  /** The sessions for which the most bytes wait, the largest first. */
  readonly slow: readonly (SlowSession & OfEdge)[];
}

/** The system at one moment, in a few numbers that can be added to a plot. */
export interface Moment {
  readonly atMs: number;
  readonly sessions: SessionCounts;
  /** Events a second that publishers committed. */
  readonly published: number;
  /** Events a second that were written to sockets as they happened, and from the log. */
  readonly delivered: number;
  readonly replayed: number;
  /** From `publish` to the socket; null where nothing was delivered. */
  readonly deliveryMs: Percentiles | null;
}

export interface SessionCounts {
  readonly joining: number;
  readonly replaying: number;
  readonly live: number;
  readonly lagging: number;
}

export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/** A process, and how it is now: null once it has been silent for some seconds. After a minute it is left out. */
interface Report<Facts> {
  readonly name: string;
  readonly version: string;
  readonly startedMs: number;
  /** How long ago it was heard last, in milliseconds. */
  readonly silentMs: number;
  readonly now: (ProcessFacts & Facts) | null;
}

export interface ProcessFacts {
  readonly natsConnected: boolean;
  readonly memoryBytes: number;
  /** How late the event loop was, in milliseconds: the 99th percentile of a second. */
  readonly loopDelayMs: number;
}

export interface EdgeFacts {
  readonly sessions: SessionCounts;
  readonly users: number;
  /** Whether it sends its clients away, to go down. */
  readonly draining: boolean;
  readonly delivered: number;
  readonly replayed: number;
  readonly bytesPerSecond: number;
  readonly deliveryMs: Percentiles | null;
  readonly outboxBytes: number;
  readonly largestOutboxBytes: number;
  /** Since it started. */
  readonly gaps: number;
  /** Since it started: events out of order, as clients reported them. None is ever right. */
  readonly violations: number;
}

export interface PublisherFacts {
  readonly published: number;
  /** Events a second that came to nothing. */
  readonly failed: number;
  readonly publishMs: Percentiles | null;
  /** Publishes that wait for their commit. */
  readonly waiting: number;
  /** Since it started. */
  readonly retries: number;
}

export interface AgentFacts extends PublisherFacts {
  readonly runs: number;
  /** Commands that nobody has taken yet; null while NATS does not say. */
  readonly backlog: number | null;
  /** Since it started. */
  readonly completed: number;
  readonly failedRuns: number;
  readonly redeliveries: number;
  readonly dead: number;
}

export type EdgeReport = Report<EdgeFacts>;
export type PublisherReport = Report<PublisherFacts>;
export type AgentReport = Report<AgentFacts>;

/** One stream. Without a leader it takes nothing, and nobody says how it is. */
export type StreamReport =
  | {
      readonly kind: 'led';
      readonly stream: string;
      readonly leader: string;
      readonly replicas: readonly { readonly name: string; readonly current: boolean }[];
      readonly messages: number;
      readonly bytes: number;
    }
  | { readonly kind: 'leaderless'; readonly stream: string };

interface OfEdge {
  readonly edge: string;
}
