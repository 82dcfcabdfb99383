/** Subjects that events for one user are published to, and those that the server republishes them to. */
export const PUBLISHED = 'yardstick.';
export const RELAYED = 'relayed.yardstick.';

/** What the thread of the bare relay is given. */
export interface RelayData {
  readonly natsUrls: readonly string[];
}
