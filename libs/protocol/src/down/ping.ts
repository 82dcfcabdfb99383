/**
 * Sent every `heartbeatMs`; answered by `pong`. `position` is the user's head as this edge knows it: a client that
 * is behind it for long, although events stopped coming, has lost its tail and connects anew (G9).
 */
export interface Ping {
  readonly type: 'ping';
  readonly position: string;
}
