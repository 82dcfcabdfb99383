/** The field of an entry that holds the event. */
export const EVENT_FIELD = 'event';
/** The type of the first event of a connection, which carries only an id. */
export const READY = 'ready';
/** Entries that are kept for each user. */
export const ENTRIES_PER_USER = 1_000;

export function streamOf(user: string): string {
  return `events:${user}`;
}
