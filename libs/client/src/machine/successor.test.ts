// Goal: a client leaves a draining edge without a break: connect elsewhere, catch up, then close the old connection.
// Method: two connections driven side by side, event by event.
import { CLOSE_CODES } from '@longspan/protocol';
import { expect, test } from 'vitest';
import { HEARTBEAT_MS, kindsOf, MachineDriver, welcomeFrame } from '../../test/machine-driver.ts';
import { viewOf } from './view.ts';

/** Live on connection 1 at e-5, which drains; connection 2 is welcomed where the client was. */
function handover(): MachineDriver {
  const driver = new MachineDriver();
  driver.step({ kind: 'connect' });
  driver.live(1, 'e-5');
  driver.frame(1, { type: 'drain', reconnectWithinMs: 1_000 });
  expect(kindsOf(driver.pass(499))).toBe('');
  expect(kindsOf(driver.pass(1))).toBe('prepare');
  driver.prepared(2);
  driver.step({ kind: 'opened', id: 2 });
  driver.frame(2, welcomeFrame('e-5'));
  return driver;
}

function deliveredSeqs(driver: MachineDriver): number[] {
  return driver.effects.flatMap((effect) => (effect.kind === 'deliver' ? [effect.meta.position.seq] : []));
}

test('both connections deliver into one position until the successor has caught up', () => {
  const driver = handover();
  driver.entry(1, 5, 6);
  driver.entry(2, 5, 6);
  driver.entry(2, 6, 7);
  driver.entry(1, 6, 7);
  expect(viewOf(driver.machine).kind).toBe('live');
  expect(kindsOf(driver.frame(2, { type: 'caught_up', position: 'e-7' }))).toBe('drop caught_up');
  driver.entry(1, 7, 8);
  driver.entry(2, 7, 8);
  expect(deliveredSeqs(driver)).toEqual([6, 7, 8]);
  expect(driver.machine.stats).toMatchObject({ overlaps: 2, repeats: 0, delivered: 3 });
});

test('a successor takes over only once it has brought what the old connection has', () => {
  // Goal: what only the old edge has sent may be lost with the stream's tail, and the new edge would not know that the client had it.
  const driver = handover();
  driver.entry(1, 5, 6);
  driver.entry(1, 6, 7);
  expect(kindsOf(driver.frame(2, { type: 'caught_up', position: 'e-5' }))).toBe('');
  driver.entry(2, 5, 6);
  driver.entry(1, 7, 8);
  driver.entry(2, 6, 7);
  expect(driver.machine.link).toMatchObject({ kind: 'live', conn: { id: 1 } });
  expect(kindsOf(driver.entry(2, 7, 8))).toBe('drop caught_up');
  expect(driver.machine.link).toMatchObject({ kind: 'live', conn: { id: 2 } });
  expect(deliveredSeqs(driver)).toEqual([6, 7, 8]);
});

test('a successor that never brings what the old connection has is left for one that comes with the position', () => {
  // Goal: an event that only the old edge has sent, and that is lost with the stream's tail, does not hold two connections open for good.
  const driver = handover();
  driver.entry(1, 5, 6);
  driver.frame(2, { type: 'caught_up', position: 'e-5' });
  const ping = (id: number): string => kindsOf(driver.frame(id, { type: 'ping', position: 'e-5' }));
  expect(ping(2)).toBe('pong ping');
  driver.now += 2 * HEARTBEAT_MS;
  expect(ping(1)).toBe('pong ping');
  expect(ping(2)).toBe('pong ping drop');
  expect(driver.machine.link).toMatchObject({
    kind: 'live',
    conn: { id: 1 },
    successor: { kind: 'scheduled' },
  });
});

test('a successor that is behind and brings events is waited for', () => {
  const driver = handover();
  driver.entry(1, 5, 6);
  driver.entry(1, 6, 7);
  driver.frame(2, { type: 'caught_up', position: 'e-5' });
  driver.frame(2, { type: 'ping', position: 'e-7' });
  driver.now += 2 * HEARTBEAT_MS;
  driver.entry(2, 5, 6);
  expect(kindsOf(driver.frame(2, { type: 'ping', position: 'e-7' }))).toBe('pong ping');
});

test('a successor that brings an event first takes over with it', () => {
  const driver = handover();
  driver.entry(1, 5, 6);
  driver.frame(2, { type: 'caught_up', position: 'e-5' });
  driver.entry(2, 5, 6);
  expect(driver.machine.link).toMatchObject({ kind: 'live', conn: { id: 2 } });
});

test('a gap that leads to the position of the old connection lets the successor take over', () => {
  const driver = handover();
  driver.entry(1, 5, 6);
  driver.frame(2, { type: 'caught_up', position: 'e-5' });
  expect(kindsOf(driver.frame(2, { type: 'gap', from: 'e-5', to: 'e-6', reason: 'expired' }))).toBe(
    'drop caught_up',
  );
});

test('a stream made anew behind a waiting successor leaves it live', () => {
  const driver = handover();
  driver.entry(1, 5, 6);
  driver.frame(2, { type: 'caught_up', position: 'e-5' });
  expect(kindsOf(driver.frame(2, { type: 'gap', from: 'e-5', to: 'f-0', reason: 'reset' }))).toBe(
    'gap save drop caught_up',
  );
  expect(driver.machine.link).toMatchObject({ kind: 'live', conn: { id: 2 } });
});

test('if the old connection goes while its successor is behind, the client connects anew with its position', () => {
  // Goal: a stream that has lost its tail is told as a gap. Method: the successor came with e-5, the client has e-6 from the old edge
  // alone; before the end of the successor's replay and after it.
  for (const isCaughtUp of [false, true]) {
    const driver = handover();
    driver.entry(1, 5, 6);
    if (isCaughtUp) driver.frame(2, { type: 'caught_up', position: 'e-5' });
    driver.step({ kind: 'lost', id: 1, code: CLOSE_CODES.draining.code });
    if (!isCaughtUp) driver.frame(2, { type: 'caught_up', position: 'e-5' });
    expect(viewOf(driver.machine).kind).toBe('connecting');
    driver.prepared(3);
    driver.step({ kind: 'opened', id: 3 });
    expect(driver.effects.filter((effect) => effect.kind === 'transmit').at(-1)).toMatchObject({
      id: 3,
      frame: { type: 'connect', from: 'e-6' },
    });
    driver.frame(3, welcomeFrame('e-6'));
    expect(kindsOf(driver.frame(3, { type: 'gap', from: 'e-6', to: 'e-5', reason: 'rewound' }))).toBe(
      'gap save',
    );
    expect(kindsOf(driver.frame(3, { type: 'caught_up', position: 'e-5' }))).toBe('caught_up');
  }
});

test('a connection that has brought nothing yet is replaced as soon as its successor is welcomed', () => {
  // Goal: G2. A replay of all that is kept begins with what is kept when it is read, and says nothing of what is not: beside a
  // successor that has brought something since, what lies between would be passed over.
  const driver = new MachineDriver();
  driver.step({ kind: 'connect' });
  driver.welcome(1);
  driver.step({ kind: 'reconnect' });
  driver.prepared(2);
  driver.step({ kind: 'opened', id: 2 });
  expect(kindsOf(driver.frame(2, welcomeFrame('e-0')))).toBe('drop');
  driver.frame(2, { type: 'gap', from: 'e-0', to: 'e-2', reason: 'expired' });
  driver.entry(2, 2, 3);
  driver.entry(1, 0, 9);
  expect(deliveredSeqs(driver)).toEqual([3]);
  expect(driver.machine.stats.holes).toBe(0);
});

test('an edge that goes before the successor is welcomed leaves it in its place', () => {
  const driver = new MachineDriver();
  driver.step({ kind: 'connect' });
  driver.live(1, 'e-5');
  driver.step({ kind: 'reconnect' });
  expect(kindsOf(driver.step({ kind: 'lost', id: 1, code: CLOSE_CODES.draining.code }))).toBe('');
  expect(viewOf(driver.machine).kind).toBe('connecting');
  driver.live(2, 'e-5');
  expect(viewOf(driver.machine).kind).toBe('live');
});

test('an edge that goes while the successor replays leaves it in its place', () => {
  const driver = handover();
  driver.step({ kind: 'lost', id: 1, code: CLOSE_CODES.draining.code });
  expect(viewOf(driver.machine).kind).toBe('replaying');
  driver.frame(2, { type: 'caught_up', position: 'e-5' });
  expect(viewOf(driver.machine).kind).toBe('live');
});

test('a successor that fails is tried again while the old connection lives', () => {
  const driver = handover();
  driver.step({ kind: 'lost', id: 2, code: 1006 });
  expect(viewOf(driver.machine).kind).toBe('live');
  expect(kindsOf(driver.pass(100))).toBe('prepare');
});

test('a command in flight goes again over the successor', () => {
  const driver = handover();
  const command = { id: 'c', event: { type: 't' }, eventBytes: 9, frameBytes: 30 };
  expect(kindsOf(driver.step({ kind: 'send', command }))).toBe('send');
  expect(kindsOf(driver.frame(2, { type: 'caught_up', position: 'e-5' }))).toBe('drop caught_up send');
  expect(driver.effects.filter((effect) => effect.kind === 'transmit').at(-1)).toMatchObject({ id: 2 });
});

test('a close code that says stay ends the client on either connection', () => {
  const driver = handover();
  expect(kindsOf(driver.step({ kind: 'lost', id: 2, code: CLOSE_CODES.session_ended.code }))).toBe(
    'drop drop',
  );
  expect(viewOf(driver.machine)).toEqual({ kind: 'closed', reason: 'session_ended' });
});

test('a new epoch on the successor ends the old connection at once', () => {
  const driver = handover();
  const effects = driver.frame(2, { type: 'gap', from: 'e-5', to: 'f-0', reason: 'reset' });
  expect(kindsOf(effects)).toBe('gap save drop');
  driver.entry(1, 5, 6);
  driver.entry(2, 0, 3);
  expect(deliveredSeqs(driver)).toEqual([3]);
});

test('a successor whose edge drains, too, is left as soon as it has taken over', () => {
  const driver = handover();
  driver.frame(2, { type: 'drain', reconnectWithinMs: 1_000 });
  expect(kindsOf(driver.frame(2, { type: 'caught_up', position: 'e-5' }))).toBe('drop caught_up');
  expect(kindsOf(driver.pass(500))).toBe('prepare');
});
