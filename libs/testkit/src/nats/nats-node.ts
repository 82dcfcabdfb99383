import type { Impairment } from '../net/impairment.ts';

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
  /** SIGSTOP and SIGCONT for moments: resolve when sent. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Cuts it from the other nodes by a blackhole; its clients still reach it. */
  cut(): Promise<void>;
  uncut(): Promise<void>;
  /** Leaves no room on its disk; for nodes made with `diskBytes`. */
  fillDisk(): Promise<void>;
  /** Makes room again: everything but what the node itself holds. */
  freeDisk(): Promise<void>;
  /** What it has logged lately, for people. */
  log(): Promise<string>;
}

export interface NodesOptions {
  readonly nodes: number;
  /** More lines of nats.conf. */
  readonly config?: string;
  /** Gives each node a disk of its own of this size; what is on it dies with the node. Containers only. */
  readonly diskBytes?: number;
}

/** Makes the nodes of one cluster; none of them runs yet. Disposing of them is the caller's. */
export type NodeMaker = (options: NodesOptions) => Promise<NodeSet>;

/** What the network does to the connections that one node has dialled to another. */
export type RouteImpairment = (from: number, to: number) => Impairment;

export interface NodeSet extends AsyncDisposable {
  readonly nodes: readonly NatsNode[];
  /** Puts networks between the nodes; processes only. */
  impairRoutes(of: RouteImpairment): void;
}
