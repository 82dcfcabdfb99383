import { createInbox, type NatsConnection } from '@nats-io/transport-node';

const prefixes = new WeakMap<NatsConnection, string>();

/** From now on this connection's inboxes begin with `prefix`, which permissions may ask for: `_INBOX_edge`. */
export function useInboxPrefix(nc: NatsConnection, prefix: string): void {
  prefixes.set(nc, prefix);
}

/** A subject of its own for answers to this connection. */
export function newInbox(nc: NatsConnection): string {
  return createInbox(prefixes.get(nc));
}
