import { setTimeout as pause } from 'node:timers/promises';
import type { Connections } from './connection/connections.ts';

/** How long a client has between its `drain` frame and its close, in milliseconds. */
const RECONNECT_WITHIN_MS = 1_000;
/** How long sockets have to finish their closing handshake, in milliseconds. */
const CLOSE_WITHIN_MS = 1_000;
const STEP_MS = 50;

/**
 * Sends every client away: `drain` frames spread over the drain time, so that the other edges are not stormed, then
 * a close for whoever is still here, then an end to whoever does not answer.
 */
export async function drainConnections(connections: Connections, drainMs: number): Promise<void> {
  const all = connections.all();
  const steps = Math.max(1, Math.floor(drainMs / STEP_MS));
  const perStep = Math.ceil(all.length / steps);
  const withinMs = Math.min(RECONNECT_WITHIN_MS, drainMs);
  for (let told = 0; told < all.length; told += perStep) {
    for (const connection of all.slice(told, told + perStep)) connection.drain(withinMs);
    await pause(Math.min(STEP_MS, drainMs));
  }
  await waitUntilGone(connections, withinMs);
  for (const connection of connections.all()) connection.close('draining');
  await waitUntilGone(connections, CLOSE_WITHIN_MS);
  for (const connection of connections.all()) connection.terminate();
}

async function waitUntilGone(connections: Connections, withinMs: number): Promise<void> {
  const until = performance.now() + withinMs;
  while (connections.size > 0 && performance.now() < until) await pause(10);
}
