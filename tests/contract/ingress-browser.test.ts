import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNats, type NatsCluster } from '@longspan/testkit';
import { jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { JWT_SECRET, PUBLISH_TOKEN, startIngress } from './ingress-process.ts';

/*
 * What pages meet at the ingress: the console, the development endpoints, the list of origins.
 */
const PRODUCTION = { LONGSPAN_MODE: 'production' };

let nats: NatsCluster;
let consoleDir: string;

beforeAll(async () => {
  nats = await startNats({ nodes: 1 });
  // Only in development mode does an ingress make streams.
  await (await startIngress(nats))[Symbol.asyncDispose]();
  consoleDir = await mkdtemp(join(tmpdir(), 'longspan-console-'));
  await mkdir(join(consoleDir, 'assets'));
  await writeFile(join(consoleDir, 'index.html'), '<title>console</title>');
  await writeFile(join(consoleDir, 'assets', 'app.js'), 'export {};');
});
afterAll(async () => {
  await nats?.[Symbol.asyncDispose]();
  if (consoleDir) await rm(consoleDir, { recursive: true });
});

test('in development mode anybody gets a token for any user, and is told where things are', async () => {
  // Goal: the console and curl need no set-up. Method: a token for an awkward user, verified as an edge would.
  await using ingress = await startIngress(nats, {
    LONGSPAN_JWT_AUDIENCE: 'edges',
    LONGSPAN_JWT_ISSUER: 'dev',
    LONGSPAN_EDGE_URLS: 'http://127.0.0.1:9001,http://127.0.0.1:9002',
  });
  const { token } = (await (await fetch(`${ingress.url}/dev/token?user=a%20%C3%A4`)).json()) as {
    token: string;
  };
  const { payload } = await jwtVerify(token, new TextEncoder().encode(JWT_SECRET), {
    audience: 'edges',
    issuer: 'dev',
  });
  expect(payload.sub).toBe('a ä');
  expect(payload.exp).toBeGreaterThan(Date.now() / 1000);
  expect(await (await fetch(`${ingress.url}/dev/config`)).json()).toEqual({
    mode: 'development',
    edges: ['http://127.0.0.1:9001', 'http://127.0.0.1:9002'],
    publishToken: PUBLISH_TOKEN,
  });
  expect(ingress.service.log).not.toContain(token);
});

test('in production there are no development endpoints', async () => {
  // Goal: no open door. Method: ask a production ingress for them.
  await using ingress = await startIngress(nats, PRODUCTION);
  for (const path of ['/dev/token?user=ada', '/dev/config']) {
    expect((await fetch(ingress.url + path)).status).toBe(404);
  }
});

test('the console is served, and what it does not have is a problem', async () => {
  // Goal: one origin for page and API. Method: a folder with a page; traversal and misses.
  await using ingress = await startIngress(nats, { LONGSPAN_CONSOLE_DIR: consoleDir });
  const page = await fetch(`${ingress.url}/?users=ada,bob`);
  expect([page.headers.get('content-type'), await page.text()]).toEqual([
    'text/html; charset=utf-8',
    '<title>console</title>',
  ]);
  expect((await fetch(`${ingress.url}/assets/app.js`)).headers.get('content-type')).toMatch(/javascript/);
  expect((await fetch(`${ingress.url}/healthz`)).status).toBe(200);
  for (const path of ['/nope', '/assets/', '/%2e%2e/%2e%2e/etc/passwd', '/..%2f..%2fetc/passwd']) {
    const response = await fetch(ingress.url + path);
    expect([path, response.status, response.headers.get('content-type')]).toEqual([
      path,
      404,
      'application/problem+json',
    ]);
  }
});

test('a folder without a built console is a start failure that says so', async () => {
  // Goal: no page that is silently missing. Method: a folder that does not exist.
  await expect(startIngress(nats, { LONGSPAN_CONSOLE_DIR: '/nowhere/at/all' })).rejects.toThrow(
    /ended \(1\).*LONGSPAN_CONSOLE_DIR is "\/nowhere\/at\/all"; expected a folder with the built console/s,
  );
});

test.each([
  [{}, 'http://localhost:5173', 'http://localhost:5173'],
  [{}, 'https://evil.example', null],
  [PRODUCTION, 'http://localhost:5173', null],
  [{ ...PRODUCTION, LONGSPAN_ORIGINS: 'https://app.example' }, 'https://app.example', 'https://app.example'],
  [{ ...PRODUCTION, LONGSPAN_ORIGINS: '*' }, 'https://anything.example', 'https://anything.example'],
])('with %j a page of %s may call: %s', async (env, origin, allowed) => {
  // Goal: only pages of listed origins get to read answers. Method: the preflight and a request.
  await using ingress = await startIngress(nats, env);
  const preflight = await fetch(`${ingress.url}/v1/users/ada/events`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    },
  });
  expect(preflight.headers.get('access-control-allow-origin')).toBe(allowed);
  expect(preflight.headers.get('access-control-allow-headers')).toBe(
    allowed === null ? null : 'authorization,content-type',
  );
  const unauthorized = await fetch(`${ingress.url}/v1/users/ada/events`, { headers: { origin } });
  expect(unauthorized.status).toBe(401);
  expect(unauthorized.headers.get('access-control-allow-origin')).toBe(allowed);
});
