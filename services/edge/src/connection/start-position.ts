import type { Start } from '@longspan/delivery';
import { parsePosition } from '@longspan/protocol';

/** Reads where a client wants to begin; `latest` if it does not say, undefined if what it says is no position. */
export function parseStart(from: string | undefined): Start | undefined {
  if (from === undefined || from === 'latest') return 'latest';
  return from === 'earliest' ? 'earliest' : parsePosition(from);
}
