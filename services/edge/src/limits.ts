import type { SessionLimits } from '@longspan/protocol';

/** What one edge accepts. Each limit has an answer of its own, and hitting one harms no other session. */
export interface EdgeLimits {
  /** The largest frame from a client, in bytes; past it the socket is closed, `frame_too_big`. */
  readonly frameBytesMax: number;
  /** The largest event in a send frame, in bytes of JSON; past it an error, `event_too_big`. */
  readonly eventBytesMax: number;
  /** Sends a second of one session, with bursts of twice as many; past it an error, `rate_limited`. */
  readonly sendsPerSecondMax: number;
  /** Sends of one session that wait for their commit; past it an error, `too_many_sends`. */
  readonly sendsInFlightMax: number;
  /** Sessions of one user on this edge; past it the newest is closed, `too_many_sessions`. */
  readonly sessionsPerUserMax: number;
  /** Sockets that have not authenticated yet; past it new ones are refused, HTTP 503. */
  readonly unauthenticatedMax: number;
  /** Bytes that may wait for one socket; past it the session lags (G8). */
  readonly outboxBytesMax: number;
}

/** A connection that has not authenticated within this time is closed, `connect_timeout`. */
export const CONNECT_WITHIN_MS = 5_000;

/** What a client is told in `welcome`. */
export function sessionLimits(limits: EdgeLimits): SessionLimits {
  return {
    frameBytes: limits.frameBytesMax,
    eventBytes: limits.eventBytesMax,
    sendsPerSecond: limits.sendsPerSecondMax,
    sendsInFlight: limits.sendsInFlightMax,
  };
}
