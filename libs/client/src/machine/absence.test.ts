import { expect, test } from 'vitest';
import { MachineDriver, welcomeFrame } from '../../test/machine-driver.ts';
import { HEALTHY_AFTER_MS } from './limits.ts';

/** Live, for long enough that a loss is answered by an attempt at once. */
function liveDriver(): MachineDriver {
  const driver = new MachineDriver();
  driver.step({ kind: 'connect' });
  driver.live(1, 'e-5');
  driver.pass(HEALTHY_AFTER_MS);
  return driver;
}

/** What the edge is told by the attempt with this id. */
function told(driver: MachineDriver, id: number): unknown {
  driver.prepared(id);
  const [hello] = driver.step({ kind: 'opened', id });
  return hello?.kind === 'transmit' && hello.frame.type === 'connect' ? hello.frame.report : 'no connect';
}

test('a client that has just come has nothing to report', () => {
  const driver = new MachineDriver();
  driver.step({ kind: 'connect' });
  expect(told(driver, 1)).toBeUndefined();
});

test('a client that comes back reports how long it was away and how often it tried, until an edge has welcomed it', () => {
  // Goal: operators see reconnects as clients live through them. Method: a loss, an attempt that fails, one that succeeds.
  const driver = liveDriver();
  driver.step({ kind: 'lost', id: 1, code: 1006 });
  driver.pass(40);
  expect(told(driver, 2)).toEqual({ awayMs: 40, attempts: 1, violations: 0 });
  driver.step({ kind: 'lost', id: 2, code: 1006 });
  driver.pass(1_000);
  expect(told(driver, 3)).toEqual({ awayMs: 1_040, attempts: 2, violations: 0 });
  driver.frame(3, welcomeFrame('e-5'));
  driver.frame(3, { type: 'caught_up', position: 'e-5' });
  driver.pass(HEALTHY_AFTER_MS);
  driver.step({ kind: 'lost', id: 3, code: 1006 });
  expect(told(driver, 4)).toEqual({ awayMs: 0, attempts: 1, violations: 0 });
});

test('an entry that does not follow is reported as a violation', () => {
  // Goal: an edge that leaves something out is found out. Method: a hole, and the connection that follows it.
  const driver = liveDriver();
  driver.entry(1, 7, 8);
  expect(told(driver, 2)).toEqual({ awayMs: 0, attempts: 1, violations: 1 });
});

test('a client that goes over to another edge was not away', () => {
  // Goal: a deploy is no outage. Method: a drain, and the successor that it makes.
  const driver = liveDriver();
  driver.frame(1, { type: 'drain', reconnectWithinMs: 100 });
  driver.pass(100);
  expect(told(driver, 2)).toBeUndefined();
});

test('a client that was offline has been away since then', () => {
  const driver = liveDriver();
  driver.step({ kind: 'hold', reason: 'network' });
  driver.pass(5_000);
  driver.step({ kind: 'release', reason: 'network' });
  expect(told(driver, 2)).toEqual({ awayMs: 5_000, attempts: 1, violations: 0 });
});

test('an application that connects anew does not come back', () => {
  // Goal: what a person closed is not counted as an outage. Method: close, a long pause, connect.
  const driver = liveDriver();
  driver.step({ kind: 'close' });
  driver.pass(5_000);
  driver.step({ kind: 'connect' });
  expect(told(driver, 2)).toBeUndefined();
});
