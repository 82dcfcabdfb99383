// Goal: gaps move the position and are told; another history is never mixed with the old one (G2).
// Method: the machine, frame by frame, with what PROTOCOL.md lets an edge say about gaps.
import { expect, test } from 'vitest';
import { kindsOf, MachineDriver } from '../../test/machine-driver.ts';

function at(position: string): MachineDriver {
  const driver = new MachineDriver({ from: position });
  driver.step({ kind: 'connect' });
  driver.live(1, position);
  return driver;
}

function gapOf(driver: MachineDriver) {
  const gap = driver.effects.findLast((effect) => effect.kind === 'gap');
  return gap === undefined ? undefined : { from: gap.from.seq, to: gap.to, reason: gap.reason };
}

test('an expired gap moves forwards, and events follow it', () => {
  const driver = at('e-5');
  expect(kindsOf(driver.frame(1, { type: 'gap', from: 'e-5', to: 'e-9', reason: 'expired' }))).toBe(
    'gap save',
  );
  expect(kindsOf(driver.entry(1, 9, 10))).toBe('deliver save');
});

test('an expired gap that the client is past is nothing to it', () => {
  const driver = at('e-5');
  expect(kindsOf(driver.frame(1, { type: 'gap', from: 'e-1', to: 'e-4', reason: 'expired' }))).toBe('');
});

test('a gap that begins past the client hides a loss: it is not followed', () => {
  const driver = at('e-5');
  const effects = driver.frame(1, { type: 'gap', from: 'e-7', to: 'e-9', reason: 'expired' });
  expect(kindsOf(effects)).toBe('report drop prepare');
  expect(driver.machine.position?.seq).toBe(5);
});

test('a rewound stream takes the client back, and its new events are delivered', () => {
  const driver = at('e-9');
  driver.frame(1, { type: 'gap', from: 'e-9', to: 'e-4', reason: 'rewound' });
  expect(gapOf(driver)).toEqual({ from: 9, to: { epoch: 'e', seq: 4 }, reason: 'rewound' });
  expect(kindsOf(driver.entry(1, 4, 6))).toBe('deliver save');
});

test('a stream that was made anew begins anew', () => {
  const driver = at('e-9');
  driver.frame(1, { type: 'gap', from: 'e-9', to: 'f-0', reason: 'reset' });
  driver.entry(1, 0, 2);
  expect(driver.machine.position).toEqual({ epoch: 'f', seq: 2 });
});

test('an edge that begins in another epoch without a gap is taken at its word: the client tells the gap', () => {
  const driver = at('e-9');
  driver.step({ kind: 'lost', id: 1, code: 1006 });
  driver.welcome(2, 'f-3');
  expect(kindsOf(driver.entry(2, 3, 4))).toBe('gap save deliver save');
  expect(gapOf(driver)).toEqual({ from: 9, to: { epoch: 'f', seq: 3 }, reason: 'reset' });
});

test('a position in the store is where the client goes on, whatever `from` says', () => {
  const driver = new MachineDriver({ from: 'earliest' });
  driver.step({ kind: 'connect' });
  driver.prepared(1, { epoch: 'e' as never, seq: 7 as never });
  driver.step({ kind: 'opened', id: 1 });
  const connect = driver.effects.findLast((effect) => effect.kind === 'transmit');
  expect(connect?.frame).toMatchObject({ type: 'connect', from: 'e-7' });
});
