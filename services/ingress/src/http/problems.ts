interface ProblemRow {
  readonly status: number;
  readonly title: string;
  /** Whether sending the same request again can help; then `Retry-After` may say when. */
  readonly retryAfterS?: number;
}

/**
 * Every problem the ingress answers with, in one table. `code` is stable and is what programs match on; the type URI
 * is made from it; `title` never changes with the request, `detail` does.
 */
export const PROBLEMS = {
  malformed_json: { status: 400, title: 'The body is not JSON.' },
  invalid_event: { status: 400, title: 'The event is not a valid CloudEvent.' },
  invalid_user: { status: 400, title: 'The user id is not acceptable.' },
  invalid_position: { status: 400, title: 'The position is not acceptable.' },
  invalid_parameter: { status: 400, title: 'A query parameter is not acceptable.' },
  invalid_request: { status: 400, title: 'The request is not acceptable HTTP.' },
  unauthorized: { status: 401, title: 'A bearer token is needed.' },
  not_found: { status: 404, title: 'There is nothing here.' },
  method_not_allowed: { status: 405, title: 'This resource does not have this method.' },
  request_timeout: { status: 408, title: 'The request did not arrive in time.' },
  event_too_big: { status: 413, title: 'An event is too big.' },
  batch_too_long: { status: 413, title: 'The batch has too many events.' },
  body_too_big: { status: 413, title: 'The body is too big.' },
  unsupported_media_type: { status: 415, title: 'The content type is not one of an event.' },
  headers_too_big: { status: 431, title: 'The headers are too big.' },
  internal: { status: 500, title: 'A fault of the ingress.' },
  log_refused: { status: 502, title: 'The log refused the request.' },
  overloaded: { status: 503, title: 'Too many requests are in work.', retryAfterS: 1 },
  no_quorum: { status: 503, title: 'The log did not commit in time.', retryAfterS: 5 },
  log_unavailable: { status: 503, title: 'The log does not answer.', retryAfterS: 2 },
  not_ready: { status: 503, title: 'The ingress is not ready.', retryAfterS: 2 },
} as const satisfies Record<string, ProblemRow>;

export type ProblemCode = keyof typeof PROBLEMS;

/** An answer other than success. Thrown by whoever finds it, written by `problem-reply.ts`. */
export class Problem extends Error {
  readonly code: ProblemCode;

  /** @param detail what is wrong with this very request, for people; it must not repeat what an event carries. */
  constructor(code: ProblemCode, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = 'Problem';
    this.code = code;
  }
}

/** RFC 9457. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

export function problemBody(code: ProblemCode, detail: string): ProblemBody {
  const { status, title } = PROBLEMS[code];
  return { type: problemType(code), title, status, detail, code };
}

/** The type URI: a name, not a page to be fetched. */
export function problemType(code: ProblemCode): string {
  return `urn:longspan:problem:${code}`;
}

/** When to try again, in seconds; undefined where trying again does not help. */
export function retryAfterS(code: ProblemCode): number | undefined {
  const row: ProblemRow = PROBLEMS[code];
  return row.retryAfterS;
}
