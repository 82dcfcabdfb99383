import { createNoopMeter } from '@opentelemetry/api';
import { parseUserId, SUBPROTOCOL } from '@longspan/protocol';
import { SignJWT } from 'jose';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { Connections } from './connection/connections.ts';
import { TokenVerifier } from './connection/tokens.ts';
import type { ConnectionParts } from './connection/websocket-connection.ts';
import { EdgeServer } from './http/server.ts';
import { EdgeMetrics } from './metrics/edge-metrics.ts';

/** So many sessions: the first is some ten times slower than the last. */
const SESSIONS = 12;
/** A log that does not answer now keeps nobody from starting. */
const WITHIN_MS = 2_000;
const HOST = '127.0.0.1';
const NO_TOKENS = { jwksUrl: undefined, jwksRefreshMs: 0, audience: undefined, issuer: undefined };

/**
 * Serves some clients of its own before the first real one comes: who reconnects to an edge that has just started, or has
 * had no newcomer yet, would wait for code that has never run. Everything but the door is the edge's own: a server on a
 * port of this machine that is closed again, with a secret that nobody else knows and metrics that nobody reads. Resolves
 * in any case.
 */
export async function rehearse(parts: ConnectionParts): Promise<void> {
  const signal = AbortSignal.timeout(WITHIN_MS);
  const secret = randomBytes(32).toString('hex');
  const connections = new Connections(parts.heartbeatMs);
  const server = new EdgeServer({
    host: HOST,
    port: 0,
    origins: undefined,
    killable: false,
    parts: {
      ...parts,
      tokens: new TokenVerifier({ ...NO_TOKENS, secret }, parts.logger),
      logger: parts.logger.child({}, { level: 'silent' }),
      metrics: new EdgeMetrics(createNoopMeter()),
    },
    connections,
    isReady: () => true,
  });
  try {
    const url = `ws://${HOST}:${await server.listen()}/v1/ws`;
    const token = await tokenFor(`rehearsal of ${parts.edge}`, secret);
    for (let i = 0; i < SESSIONS; i += 1) await session(url, token, signal);
  } catch (error) {
    parts.logger.debug({ err: error }, 'edge.rehearsal.ended_early');
  } finally {
    for (const connection of connections.all()) connection.terminate();
    connections[Symbol.dispose]();
    server.stopAccepting();
  }
}

function tokenFor(name: string, secret: string): Promise<string> {
  const user = parseUserId(name) ?? 'rehearsal';
  const key = new TextEncoder().encode(secret);
  return new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(user)
    .setExpirationTime('1m')
    .sign(key);
}

/** Connects, is caught up, and goes. */
async function session(url: string, token: string, signal: AbortSignal): Promise<void> {
  const socket = new WebSocket(url, SUBPROTOCOL);
  try {
    await once(socket, 'open', { signal });
    socket.send(JSON.stringify({ type: 'connect', token, from: 'latest', client: 'rehearsal' }));
    for (let frame = ''; !frame.includes('"caught_up"');) {
      const [data] = (await once(socket, 'message', { signal })) as [Buffer];
      frame = data.toString();
    }
  } finally {
    socket.terminate();
  }
}
