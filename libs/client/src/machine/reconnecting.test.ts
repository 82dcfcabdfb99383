// Goal: after a loss the client comes back as its close code says, at the right time, on the next edge.
// Method: the machine under a clock of the test's own; `random` 0.5 makes every pause half of its upper bound.
import { CLOSE_CODES } from '@longspan/protocol';
import { expect, test } from 'vitest';
import { HEARTBEAT_MS, kindsOf, MachineDriver } from '../../test/machine-driver.ts';
import { CONNECT_TIMEOUT_MS, HEALTHY_AFTER_MS, PREPARE_TIMEOUT_MS, SILENCE_SLACK_MS } from './limits.ts';
import { nextWake } from './timing.ts';
import { viewOf } from './view.ts';

function liveDriver(): MachineDriver {
  const driver = new MachineDriver();
  driver.step({ kind: 'connect' });
  driver.live(1, 'e-5');
  driver.pass(HEALTHY_AFTER_MS);
  return driver;
}

function lose(driver: MachineDriver, id: number, code = 1006) {
  driver.step({ kind: 'lost', id, code });
  return viewOf(driver.machine);
}

test('the first attempt is made at once and the next ones after growing pauses, each at the next url', () => {
  const driver = liveDriver();
  expect(lose(driver, 1)).toEqual({ kind: 'connecting', url: 'http://b', attempt: 1 });
  expect(lose(driver, 2)).toEqual({
    kind: 'waiting',
    attempt: 1,
    retryAtMs: driver.now + 100,
    reason: 'closed_by_peer',
  });
  driver.pass(99);
  expect(viewOf(driver.machine).kind).toBe('waiting');
  driver.pass(1);
  expect(viewOf(driver.machine)).toEqual({ kind: 'connecting', url: 'http://a', attempt: 2 });
  expect(lose(driver, 3)).toMatchObject({ retryAtMs: driver.now + 200 });
  driver.pass(200);
  expect(lose(driver, 4)).toMatchObject({ retryAtMs: driver.now + 400 });
});

test('a connection that is lost soon after it caught up does not earn another attempt at once', () => {
  const driver = liveDriver();
  lose(driver, 1);
  driver.live(2, 'e-5');
  expect(lose(driver, 2)).toMatchObject({ kind: 'waiting', retryAtMs: driver.now + 100 });
});

test('a connection that has been live for some seconds earns an attempt at once', () => {
  const driver = liveDriver();
  lose(driver, 1);
  driver.live(2, 'e-5');
  driver.pass(HEALTHY_AFTER_MS);
  expect(lose(driver, 2)).toMatchObject({ kind: 'connecting' });
});

const AFTER_LIVE = {
  normal: 'closed',
  frame_too_big: 'closed',
  draining: 'connecting',
  bad_frame: 'closed',
  unauthorized: 'connecting',
  forbidden: 'closed',
  connect_timeout: 'waiting',
  session_ended: 'closed',
  token_expired: 'connecting',
  too_many_sessions: 'waiting',
  internal: 'waiting',
  silent: 'connecting',
} satisfies Record<keyof typeof CLOSE_CODES, string>;

test.each(Object.entries(AFTER_LIVE))('after %s a live client is %s', (name, kind) => {
  const driver = liveDriver();
  const { code } = CLOSE_CODES[name as keyof typeof CLOSE_CODES];
  expect(lose(driver, 1, code).kind).toBe(kind);
});

test('an attempt that hangs is given up, wherever it hangs', () => {
  const driver = new MachineDriver();
  driver.step({ kind: 'connect' });
  expect(nextWake(driver.machine)).toBe(driver.now + PREPARE_TIMEOUT_MS);
  expect(kindsOf(driver.pass(PREPARE_TIMEOUT_MS))).toBe('drop prepare');
  driver.prepared(2);
  expect(nextWake(driver.machine)).toBe(driver.now + CONNECT_TIMEOUT_MS);
  expect(kindsOf(driver.pass(CONNECT_TIMEOUT_MS))).toBe('drop');
  expect(viewOf(driver.machine)).toMatchObject({ kind: 'waiting', reason: 'timeout' });
  driver.pass(100);
  driver.prepared(3);
  driver.step({ kind: 'opened', id: 3 });
  driver.pass(CONNECT_TIMEOUT_MS);
  expect(viewOf(driver.machine)).toMatchObject({ kind: 'waiting', reason: 'timeout' });
});

test('two silent heartbeats mean that the connection is dead', () => {
  const driver = liveDriver();
  driver.frame(1, { type: 'ping', position: 'e-5' });
  driver.pass(2 * HEARTBEAT_MS + SILENCE_SLACK_MS - 1);
  expect(viewOf(driver.machine).kind).toBe('live');
  expect(kindsOf(driver.pass(1))).toBe('drop prepare');
});

test('a page that is looked at again does not wait out the silence', () => {
  const driver = liveDriver();
  driver.now += HEARTBEAT_MS + SILENCE_SLACK_MS;
  expect(kindsOf(driver.step({ kind: 'visible' }))).toBe('drop prepare');
});

test('a client that stays behind the head with no event coming has lost its tail, and resumes (G9)', () => {
  const driver = liveDriver();
  const beat = () => {
    driver.now += HEARTBEAT_MS;
    return kindsOf(driver.frame(1, { type: 'ping', position: 'e-9' }));
  };
  expect(beat()).toBe('pong ping');
  expect(beat()).toBe('pong ping');
  expect(beat()).toBe('pong ping report drop prepare');
  expect(driver.machine.stats.lostTails).toBe(1);
});

test('a client that is behind the head while events come is only slow', () => {
  const driver = liveDriver();
  for (let seq = 6; seq < 20; seq += 1) {
    driver.now += HEARTBEAT_MS;
    driver.frame(1, { type: 'ping', position: 'e-99' });
    driver.entry(1, seq - 1, seq);
  }
  expect(viewOf(driver.machine).kind).toBe('live');
});

test('a replay that ends past what came was not complete: the client resumes (G2)', () => {
  const driver = new MachineDriver();
  driver.step({ kind: 'connect' });
  driver.welcome(1, 'e-5');
  driver.entry(1, 5, 6);
  expect(kindsOf(driver.frame(1, { type: 'caught_up', position: 'e-8' }))).toBe('report drop prepare');
});

test('offline, the client does nothing until every reason is gone', () => {
  const driver = liveDriver();
  driver.step({ kind: 'hold', reason: 'network' });
  driver.step({ kind: 'hold', reason: 'paused' });
  expect(nextWake(driver.machine)).toBeUndefined();
  driver.step({ kind: 'release', reason: 'network' });
  expect(viewOf(driver.machine)).toEqual({ kind: 'offline', reasons: ['paused'] });
  expect(kindsOf(driver.step({ kind: 'release', reason: 'paused' }))).toBe('prepare');
});
