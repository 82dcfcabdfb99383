/**
 * The first frame of a WebSocket session. The token may come here or in the `Authorization` header or as
 * `?access_token=`; here is best, since URLs end up in logs.
 */
export interface Connect {
  readonly type: 'connect';
  readonly token?: string;
  /** Where to begin: `latest` (the default) only what is new, `earliest` all that is kept, or after a position. */
  readonly from?: 'latest' | 'earliest' | (string & {});
  /** Free text naming the client's kind and version, for the edge's logs; 64 characters at most. */
  readonly client?: string;
  /** What a client that comes back has been through; the edge counts it, and ignores what it cannot read. */
  readonly report?: ConnectReport;
  /** The client is ready to report what it received (`received`). */
  readonly reportReceived?: boolean;
}

/** What a client has been through since its last `welcome`. */
export interface ConnectReport {
  /** For how long it had no connection, in milliseconds. */
  readonly awayMs: number;
  /** Attempts to connect, this one included. */
  readonly attempts: number;
  /** Events that did not follow their predecessor: the client delivered nothing past them, and came back for them. */
  readonly violations: number;
}
