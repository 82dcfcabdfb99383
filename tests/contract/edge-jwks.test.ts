import { startBridge, startNats, type Bridge } from '@longspan/testkit';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FrameSocket } from './frame-socket.ts';

const ALGORITHMS = ['RS256', 'ES256', 'EdDSA'] as const;
type Algorithm = (typeof ALGORITHMS)[number];

const owned = new AsyncDisposableStack();
const keys = new Map<string, CryptoKey>();
let keyServer: Server;
let working = true;
let bridge: Bridge;

/** Serves the public keys as an identity provider does. */
async function startKeyServer(): Promise<string> {
  const published: object[] = [];
  for (const alg of ALGORITHMS) {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
    keys.set(alg, privateKey);
    published.push({ ...(await exportJWK(publicKey)), kid: alg, alg, use: 'sig' });
  }
  keyServer = createServer((_, response) => {
    response.writeHead(working ? 200 : 500, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ keys: published }));
  });
  keyServer.listen(0, '127.0.0.1');
  await once(keyServer, 'listening');
  owned.defer(() => void keyServer.close());
  return `http://127.0.0.1:${(keyServer.address() as AddressInfo).port}/keys`;
}

beforeAll(async () => {
  const nats = owned.use(await startNats({ nodes: 1, backend: 'processes' }));
  const env = { LONGSPAN_JWKS_URL: await startKeyServer(), LONGSPAN_JWT_ISSUER: 'https://id.example.com' };
  bridge = owned.use(await startBridge({ nats, edges: 2, env }));
});

afterAll(() => owned.disposeAsync());

function sign(alg: Algorithm, key = keys.get(alg), issuer = 'https://id.example.com'): Promise<string> {
  if (key === undefined) throw new TypeError(`no key for ${alg}`);
  return new SignJWT()
    .setProtectedHeader({ alg, kid: alg })
    .setSubject('ada')
    .setIssuer(issuer)
    .setExpirationTime('1h')
    .sign(key);
}

async function closedWith(endpoint: string, token: string): Promise<number> {
  await using socket = await FrameSocket.open(endpoint);
  socket.send({ type: 'connect', token });
  return await socket.closed;
}

test('while the keys cannot be fetched, nobody is turned away for good: 4500, and it heals', async () => {
  // Goal: an outage of the identity provider is no verdict on a token. Method: an edge that has no keys yet.
  const { endpoint } = bridge.edge(1);
  working = false;
  expect(await closedWith(endpoint, await sign('ES256'))).toBe(4500);
  working = true;
  await using socket = await FrameSocket.connected(endpoint, { token: await sign('ES256') });
  expect(await socket.next('welcome')).toMatchObject({ user: 'ada' });
});

test.each(ALGORITHMS)('G4: a token signed by a published %s key is good', async (alg) => {
  // Goal: whichever identity provider there is will do. Method: its keys by URL, a token of each kind.
  await using socket = await FrameSocket.connected(bridge.edge(0).endpoint, { token: await sign(alg) });
  expect(await socket.next('welcome')).toMatchObject({ user: 'ada' });
});

test('G4: keys that are not published, other issuers and shared secrets are refused', async () => {
  // Goal: only the published keys count. Method: a stranger's key under a known name, another issuer, an HS256 token
  // signed with the edge's own development secret.
  const { endpoint } = bridge.edge(0);
  const stranger = await generateKeyPair('ES256');
  expect(await closedWith(endpoint, await sign('ES256', stranger.privateKey))).toBe(4401);
  expect(await closedWith(endpoint, await sign('ES256', keys.get('ES256'), 'https://evil.example.com'))).toBe(
    4401,
  );
  expect(await closedWith(endpoint, await bridge.token('ada'))).toBe(4401);
});
