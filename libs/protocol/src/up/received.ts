/** The most events that one frame reports. */
export const RECEIVED_EVENTS_MAX = 64;

/**
 * What became of events whose trace is kept, from a client that was asked for it (`welcome.reportReceived`): for each,
 * its sequence and how long the application took to handle it, in milliseconds. Nothing answers it.
 */
export interface Received {
  readonly type: 'received';
  readonly events: readonly (readonly [seq: number, handledMs: number])[];
}
