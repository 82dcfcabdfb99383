import type { ServerHeaders } from './server-headers.ts';

/** When `publish` was called, in milliseconds since the Unix epoch; the same on every attempt. */
export const PUBLISHED_AT_HEADER = 'Longspan-Time';
const COMMITTED_AT_HEADER = 'Nats-Time-Stamp';

/** When an event was published: what its publisher says, else its commit, which the server tells of every message. */
export function publishedMsOf(headers: Pick<ServerHeaders, 'first' | 'last'>): number {
  const told = Number(headers.first(PUBLISHED_AT_HEADER));
  if (told > 0 && Number.isSafeInteger(told)) return told;
  return committedMsOf(headers) ?? Date.now();
}

/** When it was committed, by the clock of the server that did. */
export function committedMsOf(headers: Pick<ServerHeaders, 'last'>): number | undefined {
  const committed = Date.parse(headers.last(COMMITTED_AT_HEADER));
  return Number.isNaN(committed) ? undefined : committed;
}
