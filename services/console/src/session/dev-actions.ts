import type { ConsoleConfig } from '../config/console-config.ts';

/** How many events the burst button publishes. */
export const BURST_EVENTS = 50;

/** Asks an edge to kill itself, as a crash would. The edge may be gone before it has answered. */
export async function killEdge(url: string): Promise<void> {
  try {
    await fetch(new URL('/dev/kill', url), { method: 'POST', signal: AbortSignal.timeout(3_000) });
  } catch {
    // A killed process does not say goodbye; the connection panel shows what became of it.
  }
}

/** Publishes a burst of events for a user through the ingress, as one batch. Rejects with a sentence to show. */
export async function publishBurst(config: ConsoleConfig, user: string, burst: string): Promise<void> {
  const events = Array.from({ length: BURST_EVENTS }, (_, index) => ({
    specversion: '1.0',
    id: `${burst}-${index + 1}`,
    source: '/longspan/console',
    type: 'burst',
    time: new Date().toISOString(),
    data: { n: index + 1, of: BURST_EVENTS },
  }));
  const response = await fetch(`/v1/users/${encodeURIComponent(user)}/events`, {
    method: 'POST',
    headers: {
      'content-type': 'application/cloudevents-batch+json',
      authorization: `Bearer ${config.publishToken}`,
    },
    body: JSON.stringify(events),
  });
  if (!response.ok) throw new Error(`the ingress refused the burst: ${response.status}`);
}
