/** The command with this id is committed (G7). `duplicate` is true if it had been committed before. */
export interface Sent {
  readonly type: 'sent';
  readonly id: string;
  /** Its place in the log of commands; not a position of the user's stream. */
  readonly position: string;
  readonly duplicate: boolean;
}
