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
}
