import type { ErrorCode } from '../error-codes.ts';

/** Something did not work. With an `id` it answers the `send` of that id. */
export interface ErrorFrame {
  readonly type: 'error';
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly id?: string;
}
