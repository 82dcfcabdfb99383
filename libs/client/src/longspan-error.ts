import { ERROR_CODES, type ErrorCode } from '@longspan/protocol';

/** What can go wrong on the client's own side; the edge's codes are in the protocol's ERROR_CODES. */
export const CLIENT_ERROR_CODES = {
  handler_failed: { retryable: false, meaning: 'a handler of the application threw; the stream goes on' },
  chain_broken: { retryable: true, meaning: 'an event is missing before this one; the client resumes' },
  tail_lost: { retryable: true, meaning: 'the edge knows of events that never came; the client resumes' },
  token_failed: { retryable: true, meaning: 'the token callback failed; it is called again' },
  store_failed: { retryable: true, meaning: 'the position store failed' },
  user_changed: { retryable: false, meaning: 'the new token is for another user; make a client of its own' },
  invalid_command: {
    retryable: false,
    meaning: 'what was to be sent is not acceptable, or its id is not',
  },
  queue_full: { retryable: true, meaning: 'too many commands wait for their commit' },
  aborted: { retryable: true, meaning: 'the caller gave up; the command may still be committed' },
  closed: { retryable: false, meaning: 'the client is closed' },
} as const;

export type ClientErrorCode = keyof typeof CLIENT_ERROR_CODES | ErrorCode;

/** What a code means, and whether the same call may succeed later. */
export function errorRow(code: ClientErrorCode): { readonly meaning: string; readonly retryable: boolean } {
  return code in CLIENT_ERROR_CODES
    ? CLIENT_ERROR_CODES[code as keyof typeof CLIENT_ERROR_CODES]
    : ERROR_CODES[code as ErrorCode];
}

/** Match on `code`, never on the text. `retryable`: the same call may succeed later. */
export class LongspanError extends Error {
  readonly code: ClientErrorCode;
  readonly retryable: boolean;

  constructor(code: ClientErrorCode, message: string, options: { retryable: boolean; cause?: unknown }) {
    super(message, 'cause' in options ? { cause: options.cause } : {});
    this.name = 'LongspanError';
    this.code = code;
    this.retryable = options.retryable;
  }
}

/** An error of the client's own table; its `retryable` is the table's. */
export function clientError(
  code: keyof typeof CLIENT_ERROR_CODES,
  detail?: string,
  cause?: unknown,
): LongspanError {
  const row = CLIENT_ERROR_CODES[code];
  const message = detail === undefined ? row.meaning : `${row.meaning}: ${detail}`;
  return new LongspanError(code, message, {
    retryable: row.retryable,
    ...(cause === undefined ? {} : { cause }),
  });
}
