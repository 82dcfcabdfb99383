import { expect, test } from 'vitest';
import { MachineDriver, welcomeFrame } from '../../test/machine-driver.ts';

const HANDLED = { kind: 'handled', session: 's', events: [[6, 3]] } as const;
const REPORT = { kind: 'transmit', id: 1, frame: { type: 'received', events: [[6, 3]] } };

/** A client that connected as its configuration says, to an edge that answered as told. */
function connected(willing: boolean, edge: { readonly reportReceived?: boolean }) {
  const driver = new MachineDriver({ reportReceived: willing });
  driver.step({ kind: 'connect' });
  driver.prepared(1);
  const [hello] = driver.step({ kind: 'opened', id: 1 });
  driver.frame(1, { ...welcomeFrame('e-5'), ...edge });
  return { driver, hello };
}

test('what the application has had is reported to an edge that takes it', () => {
  // Goal: a trace may end at the application. Method: an edge that says so, after a client that said that it would.
  const { driver, hello } = connected(true, { reportReceived: true });
  expect(hello).toMatchObject({ frame: { type: 'connect', reportReceived: true } });
  expect(driver.step(HANDLED)).toEqual([REPORT]);
});

test('an edge that does not take reports, or did not bring the events, gets none', () => {
  // Goal: an older edge, which would refuse the frame, is left alone. Method: no word in its welcome; another session.
  expect(connected(true, {}).driver.step(HANDLED)).toEqual([]);
  const { driver } = connected(true, { reportReceived: true });
  expect(driver.step({ ...HANDLED, session: 'another' })).toEqual([]);
});

test('a client that was not told to report says nothing of it', () => {
  // Goal: off means off. Method: the connect frame of such a client.
  expect(connected(false, {}).hello).not.toHaveProperty('frame.reportReceived');
});
