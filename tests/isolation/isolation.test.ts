import {
  Crowd,
  Evidence,
  JWT_AUDIENCE,
  JWT_ISSUER,
  scaled,
  startBridge,
  startNats,
  verdict,
} from '@longspan/testkit';
import { expect, onTestFailed, test } from 'vitest';
import { CROWD, Hostile, type Attempt } from './hostile.ts';
import { SseListener } from './sse-listener.ts';
import { confusableUsers } from './users.ts';

const USERS = scaled({ short: 100, quick: 100, full: 100, long: 200 });
const DEVICES = 3;
const EVENTS = scaled({ short: 2_500, quick: 5_000, full: 25_000, long: 1_000_000 });
const ROUNDS = scaled({ short: 1, quick: 3, full: 20, long: 500 });
const RATE_PER_USER = 5;
/** So many users have their events also over Server-Sent Events. */
const SSE_LISTENERS = 20;
/** Three times what the rate asks for. */
const PATIENCE = 3;

test('G4: no event reaches another user, whatever ids are called and whatever tokens are tried', async () => {
  // Goal: isolation under load, with the most confusable ids, while sessions move about and others try to get in.
  // Method: three busy devices for each user, which come and go; meanwhile hostile rounds with swapped, guessed,
  // expired and otherwise bad tokens at every door. Any event of another user is a fault in the audit; each attempt
  // must be turned away with the documented answer.
  const title = `${USERS} users with confusable ids, ${DEVICES} devices each, all busy, under attack`;
  await using evidence = new Evidence('isolation', title);
  await using nats = await startNats({ nodes: 1, backend: 'processes' });
  const env = {
    LONGSPAN_JWT_AUDIENCE: JWT_AUDIENCE,
    LONGSPAN_JWT_ISSUER: JWT_ISSUER,
    LONGSPAN_EVENTS_PER_USER: '20000',
  };
  await using bridge = await startBridge({ nats, edges: 2, env });
  onTestFailed(() => console.log(bridge.logTail()));
  const users = confusableUsers(USERS);
  await using crowd = await Crowd.start({
    nats,
    bridge,
    name: CROWD,
    seed: evidence.seed,
    users,
    devices: DEVICES,
    publishers: 6,
    publishersPerUser: 2,
    directPublishers: 2,
    ratePerUser: RATE_PER_USER,
    workers: 3,
    comings: { presentMs: 6_000, awayMs: 500 },
    commandRate: 0.3,
  });
  await using listeners = new AsyncDisposableStack();
  const sse = await Promise.all(
    users.slice(0, SSE_LISTENERS).map((user, i) => SseListener.open(bridge, user, i % bridge.edges.length)),
  );
  for (const listener of sse) listeners.use(listener);
  evidence.mark('everybody is busy, the attempts begin');
  const patienceMs = ((PATIENCE * EVENTS) / (USERS * RATE_PER_USER)) * 1_000 + 60_000;
  const hostile = new Hostile(bridge, users, evidence.random('hostile'));
  const [attempts] = await Promise.all([siege(hostile), crowd.flows(EVENTS, patienceMs)]);
  evidence.mark('the attempts end');
  const { audit, committed, promises } = await crowd.finish(evidence);

  evidence.audited(`Isolation: ${title}`, audit);
  const { delivered, commands } = audit.counts;
  evidence.promise({
    metric: 'Isolation: events that crossed users',
    requirement: `0 of all, ${USERS} users x ${DEVICES} devices`,
    achieved: `${audit.crossed.length} of ${delivered.toLocaleString('en')}`,
    holds: audit.crossed.length === 0 && delivered >= DEVICES * EVENTS,
  });
  const sseCount = sse.reduce((sum, { count }) => sum + count, 0);
  const sseForeign = sse.reduce((sum, { foreign }) => sum + foreign, 0);
  evidence.promise({
    metric: 'Isolation: events that crossed users over Server-Sent Events',
    requirement: `0 of all, ${SSE_LISTENERS} users`,
    achieved: `${sseForeign} of ${sseCount.toLocaleString('en')}`,
    holds: sseForeign === 0 && sse.every(({ count }) => count > 0),
  });
  const wrong = attempts.filter(({ expected, answered, seen }) => answered !== expected || seen > 0);
  evidence.fact('attempts', countsOf(attempts));
  evidence.fact('attempts that were answered otherwise', wrong);
  evidence.promise({
    metric: 'Isolation: tokens swapped, guessed, expired or made up',
    requirement: 'each turned away with its documented code, without an event',
    achieved: `${attempts.length - wrong.length} of ${attempts.length} attempts of ${Object.keys(countsOf(attempts)).length} kinds`,
    holds: wrong.length === 0 && attempts.length > 0,
  });
  evidence.promise({
    metric: 'Isolation: commands of users with confusable ids',
    requirement: 'each committed for its own user, once',
    achieved: `${commands.toLocaleString('en')} commands, all their users'`,
    holds: commands > 0 && audit.clean,
  });
  expect(verdict(audit)).toBe('clean');
  expect(new Set(committed.map(({ user }) => user))).toEqual(new Set(users));
  expect(promises.overdue).toEqual([]);
});

async function siege(hostile: Hostile): Promise<readonly Attempt[]> {
  const attempts: Attempt[] = [];
  for (let round = 0; round < ROUNDS; round += 1) attempts.push(...(await hostile.round()));
  return attempts;
}

/** How often each kind of attempt was made. */
function countsOf(attempts: readonly Attempt[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { how } of attempts) counts[how] = (counts[how] ?? 0) + 1;
  return counts;
}
