/** What a client does after a close: come back with backoff, come back at once, get a new token first, or stay away. */
export type AfterClose = 'backoff' | 'at_once' | 'new_token' | 'stay';

interface CloseCodeRow {
  readonly code: number;
  readonly after: AfterClose;
  readonly meaning: string;
}

/**
 * Every code with which an edge closes a WebSocket, in one table (PROTOCOL.md, Close codes). The 44xx mirror HTTP.
 * A code that is not here, 1006 included, means: come back with backoff.
 */
export const CLOSE_CODES = {
  normal: { code: 1000, after: 'stay', meaning: 'the client asked for it' },
  frame_too_big: { code: 1009, after: 'stay', meaning: 'a frame was larger than limits.frameBytes' },
  draining: { code: 1012, after: 'at_once', meaning: 'the edge is going down; another one takes over' },
  bad_frame: { code: 4400, after: 'stay', meaning: 'a frame was not of this protocol' },
  unauthorized: { code: 4401, after: 'new_token', meaning: 'the token is missing or not valid' },
  forbidden: { code: 4403, after: 'stay', meaning: 'the token is for another user than the session' },
  connect_timeout: { code: 4408, after: 'backoff', meaning: 'no valid connect frame came in time' },
  session_ended: { code: 4410, after: 'stay', meaning: 'the back end ended the sessions of this user' },
  token_expired: { code: 4419, after: 'new_token', meaning: 'the token expired and was not renewed' },
  too_many_sessions: { code: 4429, after: 'backoff', meaning: 'the user has too many sessions on this edge' },
  internal: { code: 4500, after: 'backoff', meaning: 'a fault of the edge' },
  silent: { code: 4504, after: 'at_once', meaning: 'no answer came to the pings' },
} as const satisfies Record<string, CloseCodeRow>;

export type CloseReason = keyof typeof CLOSE_CODES;

/** What a client does after a socket closed with `code`. */
export function afterClose(code: number): AfterClose {
  const row = Object.values(CLOSE_CODES).find((candidate) => candidate.code === code);
  return row ? row.after : 'backoff';
}
