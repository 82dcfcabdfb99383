import { LongspanClient, type ClientOptions, type ClientState, type EventMeta } from '../src/mod.ts';
import type { HandDrivenEdge } from './hand-driven-edge.ts';
import { Inbox } from './inbox.ts';
import { testToken } from './token.ts';

/** A client of these edges, beginning at the first, and what it hands to its application. */
export function clientOf(edges: readonly HandDrivenEdge[], options: Partial<ClientOptions> = {}) {
  const urls = edges.map((edge) => edge.url);
  const client = new LongspanClient({ urls, startAt: 0, token: testToken(), ...options });
  const seen = new Inbox<EventMeta>();
  const states = new Inbox<ClientState>();
  const errors = new Inbox<string>();
  client.on('event', (_event, meta) => seen.put(meta));
  client.on('state', (state) => states.put(state));
  client.on('error', (error) => errors.put(error.code));
  return { client, seen, states, errors };
}

/** The sequences of the next so many events. */
export async function nextSeqs(seen: Inbox<EventMeta>, count: number): Promise<number[]> {
  const result: number[] = [];
  while (result.length < count) result.push((await seen.take()).seq);
  return result;
}
