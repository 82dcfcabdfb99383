import type { NatsConnection } from '@nats-io/transport-node';

/** Who gets nothing done for this long, although connected, may be with a server that is cut off from the others. */
export const CUT_OFF_MS = 10_000;

/** One turn through this many servers is tried at most. */
const TURNS_MAX = 3;

/** When each connection last went, or tried to go, to another server. */
const wentMs = new WeakMap<NatsConnection, number>();

/**
 * Leaves the server that the connection is with for another one, if there is another: for who has reason to believe
 * that this one is cut off, which its clients cannot see. Everybody on a connection may ask; it goes at most once in
 * `CUT_OFF_MS`. Never rejects.
 */
export async function goToAnotherServer(nc: NatsConnection): Promise<void> {
  const nowMs = performance.now();
  if (nowMs - (wentMs.get(nc) ?? Number.NEGATIVE_INFINITY) < CUT_OFF_MS) return;
  wentMs.set(nc, nowMs);
  const left = nc.getServer();
  // The client library's first reconnect goes to the very server that it came from, so it may take a second turn.
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
