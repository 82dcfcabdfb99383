import {
  problemBody,
  PROBLEM_MEDIA_TYPE,
  PROBLEMS,
  retryAfterS,
  type ProblemCode,
} from '../http/problems.ts';

/** What the details of the examples say; the rest of an example comes from the table. */
const DETAILS: Partial<Record<ProblemCode, string>> = {
  malformed_json: 'The body is not well-formed JSON.',
  invalid_event: 'event 3: source: expected a URI reference such as /agents/weather.',
  invalid_user: 'A user id is 1 to 128 bytes of UTF-8 without control characters.',
  invalid_position: 'A position is what this API or an edge gave out, or earliest.',
  invalid_parameter: 'limit: expected a whole number from 1 to 1000.',
  unauthorized: 'Send the header Authorization: Bearer <token>.',
  event_too_big: 'Event 0 has 300017 bytes as JSON; 262144 are taken.',
  batch_too_long: 'A batch has at most 1000 events; this one has 1001.',
};

/** Answers that any operation may get. */
const ALWAYS: readonly ProblemCode[] = [
  'invalid_request',
  'method_not_allowed',
  'request_timeout',
  'headers_too_big',
  'internal',
];

/** The `responses` for an operation's problems: one entry a status, one example a code. */
export function problemResponses(...codes: readonly ProblemCode[]): Readonly<Record<string, unknown>> {
  const byStatus = Map.groupBy([...codes, ...ALWAYS], (code) => PROBLEMS[code].status);
  return Object.fromEntries([...byStatus].map(([status, ofStatus]) => [String(status), response(ofStatus)]));
}

function response(codes: readonly ProblemCode[]): unknown {
  return {
    description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join(' '),
    ...headersOf(codes),
    content: {
      [PROBLEM_MEDIA_TYPE]: {
        schema: {
          allOf: [{ $ref: '#/components/schemas/Problem' }],
          type: 'object',
          properties: { code: { enum: codes } },
        },
        examples: Object.fromEntries(
          codes.map((code) => [code, { value: problemBody(code, DETAILS[code] ?? PROBLEMS[code].title) }]),
        ),
      },
    },
  };
}

function headersOf(codes: readonly ProblemCode[]): object {
  const headers = {
    ...(codes.some((code) => retryAfterS(code) !== undefined) && {
      'Retry-After': { description: 'When to try again, in seconds.', schema: { type: 'integer' } },
    }),
    ...(codes.includes('unauthorized') && {
      'WWW-Authenticate': { description: 'RFC 6750.', schema: { type: 'string' } },
    }),
    ...(codes.includes('method_not_allowed') && {
      Allow: { description: 'The methods that this path has.', schema: { type: 'string' } },
    }),
  };
  return Object.keys(headers).length === 0 ? {} : { headers };
}
