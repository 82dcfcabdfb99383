import type { NatsConnection } from '@nats-io/transport-node';

/** One turn through this many servers is tried at most. */
const TURNS_MAX = 3;

/**
 * Leaves the server that the connection is with for another one, if there is another: for who has reason to believe
 * that this one is cut off. The client library's first reconnect goes to the very server that it came from, so it may
 * take a second turn. Never rejects.
 */
export async function goToAnotherServer(nc: NatsConnection): Promise<void> {
  const left = nc.getServer();
  for (let turn = 0; turn < TURNS_MAX && nc.getServer() === left && !nc.isClosed(); turn++) {
    const statuses = nc.status();
    try {
      await nc.reconnect();
    } catch {
      // The connection is closed; whoever uses it learns that by itself.
      return;
    }
    for await (const { type } of statuses) if (type === 'reconnect' || type === 'close') break;
  }
}
