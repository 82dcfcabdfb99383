/** The session is authenticated. `position` is where it begins; a client that has none of its own keeps it. */
export interface Welcome {
  readonly type: 'welcome';
  readonly session: string;
  /** Which edge serves the session; for people and logs, not for routing. */
  readonly edge: string;
  readonly user: string;
  readonly position: string;
  /** The edge pings this often; two silent intervals mean that the connection is dead. */
  readonly heartbeatMs: number;
  readonly limits: SessionLimits;
  /** The edge takes `received` frames. Only told to a client that is ready to send them. */
  readonly reportReceived?: boolean;
}

/** What an edge accepts from one session. */
export interface SessionLimits {
  readonly frameBytes: number;
  readonly eventBytes: number;
  readonly sendsPerSecond: number;
  readonly sendsInFlight: number;
}
