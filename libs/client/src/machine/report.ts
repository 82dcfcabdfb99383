import { errorRow } from '../longspan-error.ts';
import type { Effect } from './effect.ts';

/** Tells the application what the client has found wrong, and repairs by itself. */
export function report(code: 'chain_broken' | 'tail_lost' | 'user_changed', detail: string): Effect {
  const { meaning, retryable } = errorRow(code);
  return { kind: 'report', code, message: `${meaning}: ${detail}`, retryable };
}
