import { readFile } from 'node:fs/promises';
import { connect, credsAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import { setTimeout as pause } from 'node:timers/promises';
import { ConnectionMetrics } from './connection-metrics.ts';
import { useInboxPrefix } from './inbox.ts';

/** A server that leaves two pings unanswered is left. */
const PING_MS = 2_500;
const DIAL_MS = 2_000;
/** Clients of a server that goes down leave it over this time, so that the others are not stormed. */
const LEAVE_WITHIN_MS = 1_000;

export interface NatsOptions {
  readonly servers: readonly string[];
  /** Shown in the server's connection list. */
  readonly name: string;
  readonly user?: string;
  readonly password?: string;
  /** Path of a credentials file. */
  readonly credentials?: string;
  /** What inboxes begin with, where permissions ask for a prefix of one's own: `_INBOX_edge`. */
  readonly inboxPrefix?: string;
}

/**
 * Connects to NATS and stays connected: it waits for the first server for as long as it takes, reconnects for ever,
 * notices a silent host within five to eight seconds (the client's own default takes minutes), and leaves a server that is
 * going down before it is thrown out.
 */
export async function connectNats(options: NatsOptions): Promise<NatsConnection> {
  const connectionMetrics = new ConnectionMetrics();
  const nc = await connect({
    servers: [...options.servers],
    name: options.name,
    ...(options.user === undefined ? {} : { user: options.user }),
    ...(options.password === undefined ? {} : { pass: options.password }),
    ...(options.credentials === undefined
      ? {}
      : { authenticator: credsAuthenticator(await readFile(options.credentials)) }),
    ...(options.inboxPrefix === undefined ? {} : { inboxPrefix: options.inboxPrefix }),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 500,
    pingInterval: PING_MS,
    maxPingOut: 2,
    // A frozen server takes a connection and says nothing: the next one must have its turn soon.
    timeout: DIAL_MS,
    waitOnFirstConnect: true,
    ignoreAuthErrorAbort: true,
    ignoreClusterUpdates: true,
    noAsyncTraces: true,
  });
  void connectionMetrics.follow(nc);
  if (options.inboxPrefix !== undefined) useInboxPrefix(nc, options.inboxPrefix);
  void leaveBeforeShutdown(nc);
  return nc;
}

/** A server in lame duck mode has moved its leaderships; its clients follow, each at a moment of its own. */
async function leaveBeforeShutdown(nc: NatsConnection): Promise<void> {
  for await (const status of nc.status()) {
    if (status.type !== 'ldm' || nc.info?.cluster === undefined) continue;
    await pause(Math.random() * LEAVE_WITHIN_MS, undefined, { ref: false });
    // Whoever cannot leave now is thrown out later, which comes to the same.
    if (!nc.isClosed()) await nc.reconnect().catch(() => undefined);
  }
}
