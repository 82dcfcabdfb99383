/** One nats-server of a cluster, whatever it runs in. Every promise resolves when the thing asked for has happened. */
export interface NatsNode extends AsyncDisposable {
  /** The server's name in the cluster. */
  readonly name: string;
  /** Where clients connect; the same across restarts. */
  readonly clientPort: number;
  /** The server's HTTP monitoring; the same across restarts, reachable in a partition. */
  readonly monitorPort: number;
  /** Starts it, first or again, with the data it had. */
  start(): Promise<void>;
  /** SIGKILL: no farewell, nothing flushed. */
  kill(): Promise<void>;
  /** Lame duck: hands leadership over, sends its clients away, ends. */
  stop(): Promise<void>;
  /** SIGSTOP: it lives, holds its connections and does nothing. */
  pause(): Promise<void>;
  unpause(): Promise<void>;
  /** Cuts it from the other nodes by a blackhole; its clients still reach it. */
  cut(): Promise<void>;
  uncut(): Promise<void>;
  /** What it has logged lately, for people. */
  log(): Promise<string>;
}

/** Makes the nodes of one cluster; none of them runs yet. Disposing of them is the caller's. */
export type NodeMaker = (count: number, extraConfig: string) => Promise<NodeSet>;

export interface NodeSet extends AsyncDisposable {
  readonly nodes: readonly NatsNode[];
}
