/** One of our streams, for operators. */
export type StreamState =
  | {
      readonly kind: 'led';
      readonly stream: string;
      /** The name of the server that leads it. */
      readonly leader: string;
      /** All of them, the leader's included. */
      readonly replicas: readonly ReplicaState[];
      readonly messages: number;
      readonly bytes: number;
    }
  /** Nobody answers for it: it takes nothing until it has a leader. */
  | { readonly kind: 'leaderless'; readonly stream: string };

export interface ReplicaState {
  /** The server's name. */
  readonly name: string;
  /** Whether it is there and not behind. */
  readonly current: boolean;
}

/** How the streams are, at the moment. */
export interface StreamStates {
  /** Looks at all of them. Rejects with `disconnected` where there is no connection to ask by. */
  read(): Promise<readonly StreamState[]>;
}
