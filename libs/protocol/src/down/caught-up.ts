/**
 * Once a connection, after the replay: everything that was committed before the connection was made has been sent,
 * and what is committed from now on arrives as it happens.
 */
export interface CaughtUp {
  readonly type: 'caught_up';
  readonly position: string;
}
