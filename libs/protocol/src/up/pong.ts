/** Answers a `ping`. */
export interface Pong {
  readonly type: 'pong';
}
