import { startBridge, startNats, type Bridge } from '@longspan/testkit';
import { SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FrameSocket, refusedStatus } from './frame-socket.ts';

const SESSIONS_MAX = 3;
const UNAUTHENTICATED_MAX = 4;
const FRAME_BYTES_MAX = 4_096;

const owned = new AsyncDisposableStack();
let bridge: Bridge;
let endpoint: string;

beforeAll(async () => {
  const nats = owned.use(await startNats({ nodes: 1, backend: 'processes' }));
  bridge = owned.use(
    await startBridge({
      nats,
      edges: 1,
      env: {
        LONGSPAN_JWT_AUDIENCE: 'longspan',
        LONGSPAN_SESSIONS_PER_USER_MAX: String(SESSIONS_MAX),
        LONGSPAN_UNAUTHENTICATED_MAX: String(UNAUTHENTICATED_MAX),
        LONGSPAN_FRAME_BYTES_MAX: String(FRAME_BYTES_MAX),
        LONGSPAN_ORIGINS: 'https://app.example.com',
      },
    }),
  );
  ({ endpoint } = bridge.edge(0));
});

afterAll(() => owned.disposeAsync());

const SECRET = new TextEncoder().encode('a secret of the test kit, used nowhere else');

function token(
  user: string,
  expires: string | Date = '1h',
  audience = 'longspan',
  secret = SECRET,
): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(user)
    .setAudience(audience)
    .setExpirationTime(expires)
    .sign(secret);
}

async function closeCode(frame: object | string): Promise<number> {
  await using socket = await FrameSocket.open(endpoint);
  socket.send(frame);
  return await socket.closed;
}

test('a connect is answered by welcome and then caught_up, once', async () => {
  // Goal: the frames that PROTOCOL.md promises. Method: connect as a user without events.
  await using socket = await FrameSocket.open(endpoint);
  socket.send({ type: 'connect', token: await token('ada'), client: 'test' });
  const welcome = await socket.next('welcome');
  const caughtUp = await socket.next('caught_up');
  expect(welcome).toMatchObject({ user: 'ada', edge: 'edge-0', heartbeatMs: 10_000 });
  expect(welcome['position']).toMatch(/^[0-9a-z]+-0$/);
  expect(welcome['limits']).toMatchObject({ frameBytes: FRAME_BYTES_MAX, sendsPerSecond: 20 });
  expect(caughtUp['position']).toBe(welcome['position']);
  expect(socket.frames.map(({ type }) => type)).toEqual(['welcome', 'caught_up']);
});

test('a client need not wait for its welcome before it sends', async () => {
  // Goal: one round trip less for who is in a hurry. Method: connect and two sends in one go.
  await using socket = await FrameSocket.open(endpoint);
  socket.send({ type: 'connect', token: await token('hasty') });
  for (const id of ['h1', 'h2']) socket.send({ type: 'send', id, event: { type: 'x' } });
  expect(await socket.next('sent')).toMatchObject({ id: 'h1' });
  expect(await socket.next('sent', 2)).toMatchObject({ id: 'h2' });
});

test('the token may come in the Authorization header or in the URL', async () => {
  // Goal: EventSource-like and server-side clients connect too. Method: a connect frame without a token.
  const jwt = await token('ada');
  await using inHeader = await FrameSocket.open(endpoint, { headers: { authorization: `Bearer ${jwt}` } });
  await using inUrl = await FrameSocket.open(`${endpoint}?access_token=${jwt}`);
  for (const socket of [inHeader, inUrl]) {
    socket.send({ type: 'connect' });
    expect(await socket.next('welcome')).toMatchObject({ user: 'ada' });
  }
});

test.each([
  ['missing', async () => undefined],
  ['nonsense', async () => 'x.y.z'],
  ['expired', () => token('ada', new Date(Date.now() - 60_000))],
  ['for another audience', () => token('ada', '1h', 'somebody else')],
  [
    'signed with another secret',
    () => token('ada', '1h', 'longspan', new TextEncoder().encode('x'.repeat(40))),
  ],
  [
    'unsigned',
    async () => new UnsecuredJWT({ sub: 'ada', aud: 'longspan' }).setExpirationTime('1h').encode(),
  ],
  [
    'without an expiry',
    () => new SignJWT({ sub: 'ada', aud: 'longspan' }).setProtectedHeader({ alg: 'HS256' }).sign(SECRET),
  ],
  ['for nobody', () => token('')],
])('G4: a token that is %s is refused with 4401', async (_, make) => {
  // Goal: nobody gets in without a good token. Method: connect with a bad one.
  await using socket = await FrameSocket.open(endpoint);
  const jwt = await make();
  socket.send({ type: 'connect', ...(jwt === undefined ? {} : { token: jwt }) });
  expect(await socket.closed).toBe(4401);
  expect(socket.frames).toMatchObject([{ type: 'error', code: 'unauthorized', retryable: false }]);
});

test('what is not of this protocol closes the socket with 4400', async () => {
  // Goal: bad input costs its sender only. Method: one bad first frame after another, then bad later ones.
  const jwt = await token('ada');
  const bad = [
    '',
    'hello',
    '[]',
    'null',
    '{"type":"connect"',
    '{"type":"nothing"}',
    '{"type":"send","id":"1"}',
    '{"type":"pong"}',
  ];
  for (const frame of bad) expect([frame, await closeCode(frame)]).toEqual([frame, 4400]);
  for (const from of ['yesterday', '-1', 'abc', '-', 'a-b', 'x-99999999999999999999']) {
    expect([from, await closeCode({ type: 'connect', token: jwt, from })]).toEqual([from, 4400]);
  }
  await using twice = await FrameSocket.connected(endpoint, { token: jwt });
  twice.send({ type: 'connect', token: jwt });
  expect(await twice.closed).toBe(4400);
  await using binary = await FrameSocket.connected(endpoint, { token: jwt });
  binary.sendBytes(Buffer.from('{"type":"pong"}'));
  expect(await binary.closed).toBe(4400);
});

test('a frame over the limit closes its socket with 1009', async () => {
  // Goal: memory per socket is bounded. Method: a frame one byte too large.
  await using socket = await FrameSocket.connected(endpoint, { token: await token('ada') });
  socket.send('x'.repeat(FRAME_BYTES_MAX + 1));
  expect(await socket.closed).toBe(1009);
});

test('a connection that does not authenticate is closed with 4408', async () => {
  // Goal: idle strangers do not pile up. Method: say nothing.
  await using socket = await FrameSocket.open(endpoint);
  expect(await socket.closed).toBe(4408);
});

test('upgrades are refused without the subprotocol, elsewhere, and from foreign pages', async () => {
  // Goal: what is refused before it costs anything. Method: the status of each refusal.
  expect(await refusedStatus(endpoint, [])).toBe(400);
  expect(await refusedStatus(endpoint, ['graphql-ws'])).toBe(400);
  expect(await refusedStatus(endpoint.replace('/v1/ws', '/v1/wss'), ['longspan.v1'])).toBe(404);
  expect(await refusedStatus(endpoint, ['longspan.v1'], { origin: 'https://evil.example.com' })).toBe(403);
  await using allowed = await FrameSocket.open(endpoint, { origin: 'https://app.example.com' });
  allowed.send({ type: 'connect', token: await token('ada') });
  await allowed.next('caught_up');
});

test('a user may have so many sessions on an edge and no more; others are not concerned', async () => {
  // Goal: one user cannot use an edge up. Method: one session too many, then one of somebody else.
  await using devices = new AsyncDisposableStack();
  const jwt = await token('crowd');
  for (let n = 0; n < SESSIONS_MAX; n++) devices.use(await FrameSocket.connected(endpoint, { token: jwt }));
  expect(await closeCode({ type: 'connect', token: jwt })).toBe(4429);
  devices.use(await FrameSocket.connected(endpoint, { token: await token('other') }));
});

test('so many sockets may be unauthenticated; the next is refused with 503, until one of them is through', async () => {
  // Goal: strangers cannot use an edge up. Method: fill the limit, try, let one through, try again.
  await using sockets = new AsyncDisposableStack();
  const waiting: FrameSocket[] = [];
  for (let n = 0; n < UNAUTHENTICATED_MAX; n++) waiting.push(sockets.use(await FrameSocket.open(endpoint)));
  expect(await refusedStatus(endpoint, ['longspan.v1'])).toBe(503);
  waiting[0]?.send({ type: 'connect', token: await token('ada') });
  await waiting[0]?.next('caught_up');
  sockets.use(await FrameSocket.open(endpoint));
});

test('an expired token closes the session with 4419; a renewed one keeps it', async () => {
  // Goal: a session lives no longer than its token. Method: two short tokens, one renewed.
  const soon = new Date(Date.now() + 2_000);
  await using renewed = await FrameSocket.connected(endpoint, { token: await token('ada', soon) });
  await using left = await FrameSocket.connected(endpoint, { token: await token('ada', soon) });
  renewed.send({ type: 'auth', token: await token('ada', '1h') });
  expect(await left.closed).toBe(4419);
  renewed.send({ type: 'send', id: 'after', event: { type: 'x' } });
  expect(await renewed.next('sent')).toMatchObject({ id: 'after' });
});

test('G4: renewing with another user’s token closes the session with 4403', async () => {
  // Goal: a session cannot change its user. Method: renew with a good token of somebody else.
  await using socket = await FrameSocket.connected(endpoint, { token: await token('ada') });
  socket.send({ type: 'auth', token: await token('bob') });
  expect(await socket.closed).toBe(4403);
});

test('ending a user’s sessions closes them with 4410, on every edge, and nobody else’s', async () => {
  // Goal: DELETE /v1/users/{user}/sessions. Method: end ada's while bob listens.
  await using ada = await FrameSocket.connected(endpoint, { token: await token('ada') });
  await using bob = await FrameSocket.connected(endpoint, { token: await token('bob') });
  await bridge.ingress.request('/v1/users/ada/sessions', { method: 'DELETE' });
  expect(await ada.closed).toBe(4410);
  bob.send({ type: 'send', id: 'alive', event: { type: 'x' } });
  await bob.next('sent');
});
