// Goal: a session outlives its tokens, and a client belongs to one user.
// Method: the machine under a clock of the test's own.
import { CLOSE_CODES } from '@longspan/protocol';
import { expect, test } from 'vitest';
import { kindsOf, MachineDriver, welcomeFrame } from '../../test/machine-driver.ts';
import { viewOf } from './view.ts';

function refuse(driver: MachineDriver, id: number) {
  driver.prepared(id);
  driver.step({ kind: 'opened', id });
  return driver.step({ kind: 'lost', id, code: CLOSE_CODES.unauthorized.code });
}

test('a token is renewed before it expires, on the standing connection', () => {
  const driver = new MachineDriver();
  driver.step({ kind: 'connect' });
  driver.prepared(1, undefined, driver.now + 5_000);
  driver.step({ kind: 'opened', id: 1 });
  driver.frame(1, welcomeFrame('e-0'));
  expect(kindsOf(driver.pass(4_999))).toBe('');
  expect(kindsOf(driver.pass(1))).toBe('renew');
  expect(kindsOf(driver.pass(10_000))).toBe('');
  expect(driver.step({ kind: 'renewed', token: 'next', renewAt: driver.now + 60_000 })).toEqual([
    { kind: 'transmit', id: 1, frame: { type: 'auth', token: 'next' } },
  ]);
});

test('a renewal that fails is told and tried again', () => {
  const driver = new MachineDriver();
  driver.step({ kind: 'connect' });
  driver.prepared(1, undefined, driver.now);
  driver.step({ kind: 'opened', id: 1 });
  driver.frame(1, welcomeFrame('e-0'));
  driver.step({ kind: 'tick' });
  expect(kindsOf(driver.step({ kind: 'renew_failed', cause: new Error('no') }))).toBe('report');
  expect(kindsOf(driver.pass(5_000))).toBe('renew');
});

test('a refused token is replaced at once; a second refusal waits', () => {
  const driver = new MachineDriver();
  driver.step({ kind: 'connect' });
  expect(refuse(driver, 1)).toEqual([{ kind: 'prepare', id: 2, fresh: true, load: true }]);
  refuse(driver, 2);
  expect(viewOf(driver.machine)).toMatchObject({ kind: 'waiting', reason: 'unauthorized' });
});

test('a token that cannot be replaced ends the client', () => {
  const driver = new MachineDriver({ renewable: false });
  driver.step({ kind: 'connect' });
  refuse(driver, 1);
  expect(viewOf(driver.machine)).toEqual({ kind: 'closed', reason: 'unauthorized' });
});

test('a token for another user ends the client: positions belong to one user (G4)', () => {
  const driver = new MachineDriver();
  driver.step({ kind: 'connect' });
  driver.live(1, 'e-5');
  driver.step({ kind: 'lost', id: 1, code: 1006 });
  const bob = { token: 't', user: 'bob', renewAt: undefined, stored: undefined };
  expect(kindsOf(driver.step({ kind: 'prepared', id: 2, ...bob }))).toBe('report drop');
  expect(viewOf(driver.machine)).toEqual({ kind: 'closed', reason: 'user_changed' });
});

test('an edge that welcomes another user ends the client (G4)', () => {
  const driver = new MachineDriver();
  driver.step({ kind: 'connect' });
  driver.prepared(1);
  driver.step({ kind: 'opened', id: 1 });
  expect(kindsOf(driver.frame(1, welcomeFrame('e-0', 'bob')))).toBe('report drop');
});
