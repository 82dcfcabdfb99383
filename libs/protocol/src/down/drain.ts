/** The edge is going down. Connect elsewhere, resuming, at a random moment within `reconnectWithinMs`. */
export interface Drain {
  readonly type: 'drain';
  readonly reconnectWithinMs: number;
}
