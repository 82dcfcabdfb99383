// Goal: every input and every frame has a decided answer in every state.
// Method: the whole table. Each cell names the state that follows, and after a colon the effects ('connect', 'pong',
// 'send' and 'auth' are frames that are transmitted).
import { expect, test } from 'vitest';
import { entryOf, kindsOf, MachineDriver, welcomeFrame } from '../../test/machine-driver.ts';
import type { Input, InputKind, SingleFrame } from './input.ts';
import type { LinkKind } from './state.ts';

/** The id of the only connection in these states. */
const ID = 1;

const STATES: Record<LinkKind, () => MachineDriver> = {
  idle: () => new MachineDriver(),
  connecting: () => after('idle', { kind: 'connect' }),
  replaying: () => {
    const driver = after('idle', { kind: 'connect' });
    driver.welcome(ID, 'e-5');
    return driver;
  },
  live: () => {
    const driver = after('idle', { kind: 'connect' });
    driver.live(ID, 'e-5');
    return driver;
  },
  waiting: () => after('connecting', { kind: 'prepare_failed', id: ID, cause: new Error('no token') }),
  offline: () => after('live', { kind: 'hold', reason: 'paused' }),
  closed: () => after('live', { kind: 'close' }),
};

function after(state: LinkKind, input: Input): MachineDriver {
  const driver = STATES[state]();
  driver.step(input);
  return driver;
}

const INPUTS: Record<InputKind, Input> = {
  connect: { kind: 'connect' },
  close: { kind: 'close' },
  cut: { kind: 'cut' },
  reconnect: { kind: 'reconnect' },
  hold: { kind: 'hold', reason: 'network' },
  release: { kind: 'release', reason: 'paused' },
  send: { kind: 'send', command: { id: 'c', event: { type: 't' }, eventBytes: 9, frameBytes: 30 } },
  abandon: { kind: 'abandon', id: 'c' },
  handled: { kind: 'handled', session: 's', events: [[6, 1]] },
  visible: { kind: 'visible' },
  prepared: {
    kind: 'prepared',
    id: ID,
    token: 't',
    user: 'ada',
    renewAt: undefined,
    stored: undefined,
  },
  prepare_failed: { kind: 'prepare_failed', id: ID, cause: new Error('no token') },
  renewed: { kind: 'renewed', token: 't', renewAt: undefined },
  renew_failed: { kind: 'renew_failed', cause: new Error('no token') },
  opened: { kind: 'opened', id: ID },
  frame: { kind: 'frame', id: ID, frame: { type: 'ping', position: 'e-5' } },
  entry: { kind: 'entry', id: ID, entry: entryOf(5, 6) },
  lost: { kind: 'lost', id: ID, code: 1006 },
  tick: { kind: 'tick' },
};

const TABLE: Record<LinkKind, Record<InputKind, string>> = {
  idle: {
    connect: 'connecting: prepare',
    close: 'closed',
    cut: 'idle',
    reconnect: 'idle',
    hold: 'idle',
    release: 'idle',
    send: 'idle',
    abandon: 'idle',
    handled: 'idle',
    visible: 'idle',
    prepared: 'idle',
    prepare_failed: 'idle',
    renewed: 'idle',
    renew_failed: 'idle',
    opened: 'idle',
    frame: 'idle',
    entry: 'idle',
    lost: 'idle',
    tick: 'idle',
  },
  connecting: {
    connect: 'connecting',
    close: 'closed: drop',
    cut: 'connecting: drop prepare',
    reconnect: 'connecting',
    hold: 'offline: drop',
    release: 'connecting',
    send: 'connecting',
    abandon: 'connecting',
    handled: 'connecting',
    visible: 'connecting',
    prepared: 'connecting: open',
    prepare_failed: 'waiting: report',
    renewed: 'connecting',
    renew_failed: 'connecting',
    opened: 'connecting',
    frame: 'connecting',
    entry: 'connecting',
    lost: 'connecting: prepare',
    tick: 'connecting',
  },
  replaying: {
    connect: 'replaying',
    close: 'closed: drop',
    cut: 'connecting: drop prepare',
    reconnect: 'replaying: prepare',
    hold: 'offline: drop',
    release: 'replaying',
    send: 'replaying: send',
    abandon: 'replaying',
    handled: 'replaying',
    visible: 'replaying',
    prepared: 'replaying',
    prepare_failed: 'replaying',
    renewed: 'replaying: auth',
    renew_failed: 'replaying: report',
    opened: 'replaying',
    frame: 'replaying: pong ping',
    entry: 'replaying: deliver save',
    lost: 'connecting: prepare',
    tick: 'replaying',
  },
  live: {
    connect: 'live',
    close: 'closed: drop',
    cut: 'connecting: drop prepare',
    reconnect: 'live: prepare',
    hold: 'offline: drop',
    release: 'live',
    send: 'live: send',
    abandon: 'live',
    handled: 'live',
    visible: 'live',
    prepared: 'live',
    prepare_failed: 'live',
    renewed: 'live: auth',
    renew_failed: 'live: report',
    opened: 'live',
    frame: 'live: pong ping',
    entry: 'live: deliver save',
    lost: 'connecting: prepare',
    tick: 'live',
  },
  waiting: {
    connect: 'waiting',
    close: 'closed',
    cut: 'waiting',
    reconnect: 'connecting: prepare',
    hold: 'offline',
    release: 'waiting',
    send: 'waiting',
    abandon: 'waiting',
    handled: 'waiting',
    visible: 'connecting: prepare',
    prepared: 'waiting',
    prepare_failed: 'waiting',
    renewed: 'waiting',
    renew_failed: 'waiting',
    opened: 'waiting',
    frame: 'waiting',
    entry: 'waiting',
    lost: 'waiting',
    tick: 'waiting',
  },
  offline: {
    connect: 'offline',
    close: 'closed',
    cut: 'offline',
    reconnect: 'connecting: prepare',
    hold: 'offline',
    release: 'connecting: prepare',
    send: 'offline',
    abandon: 'offline',
    handled: 'offline',
    visible: 'offline',
    prepared: 'offline',
    prepare_failed: 'offline',
    renewed: 'offline',
    renew_failed: 'offline',
    opened: 'offline',
    frame: 'offline',
    entry: 'offline',
    lost: 'offline',
    tick: 'offline',
  },
  closed: {
    connect: 'connecting: prepare',
    close: 'closed',
    cut: 'closed',
    reconnect: 'closed',
    hold: 'closed',
    release: 'closed',
    send: 'closed: settle',
    abandon: 'closed',
    handled: 'closed',
    visible: 'closed',
    prepared: 'closed',
    prepare_failed: 'closed',
    renewed: 'closed',
    renew_failed: 'closed',
    opened: 'closed',
    frame: 'closed',
    entry: 'closed',
    lost: 'closed',
    tick: 'closed',
  },
};

const FRAMES: Record<SingleFrame['type'], SingleFrame> = {
  welcome: welcomeFrame('e-5'),
  gap: { type: 'gap', from: 'e-5', to: 'e-9', reason: 'expired' },
  caught_up: { type: 'caught_up', position: 'e-5' },
  sent: { type: 'sent', id: 'c', position: 'c-1', duplicate: false },
  error: { type: 'error', code: 'internal', message: 'm', retryable: true },
  ping: { type: 'ping', position: 'e-5' },
  drain: { type: 'drain', reconnectWithinMs: 1_000 },
};

const FRAME_TABLE: Record<LinkKind, Record<SingleFrame['type'], string>> = {
  idle: {
    welcome: 'idle',
    gap: 'idle',
    caught_up: 'idle',
    sent: 'idle',
    error: 'idle',
    ping: 'idle',
    drain: 'idle',
  },
  connecting: {
    welcome: 'connecting',
    gap: 'connecting',
    caught_up: 'connecting',
    sent: 'connecting',
    error: 'connecting: report',
    ping: 'connecting',
    drain: 'connecting',
  },
  replaying: {
    welcome: 'replaying',
    gap: 'replaying: gap save',
    caught_up: 'live: caught_up',
    sent: 'replaying',
    error: 'replaying: report',
    ping: 'replaying: pong ping',
    drain: 'replaying',
  },
  live: {
    welcome: 'live',
    gap: 'live: gap save',
    caught_up: 'live',
    sent: 'live',
    error: 'live: report',
    ping: 'live: pong ping',
    drain: 'live',
  },
  waiting: {
    welcome: 'waiting',
    gap: 'waiting',
    caught_up: 'waiting',
    sent: 'waiting',
    error: 'waiting',
    ping: 'waiting',
    drain: 'waiting',
  },
  offline: {
    welcome: 'offline',
    gap: 'offline',
    caught_up: 'offline',
    sent: 'offline',
    error: 'offline',
    ping: 'offline',
    drain: 'offline',
  },
  closed: {
    welcome: 'closed',
    gap: 'closed',
    caught_up: 'closed',
    sent: 'closed',
    error: 'closed',
    ping: 'closed',
    drain: 'closed',
  },
};

const KINDS = Object.keys(STATES) as LinkKind[];

function cell(state: LinkKind, input: Input): string {
  const driver = STATES[state]();
  const effects = kindsOf(driver.step(input));
  const { kind } = driver.machine.link;
  return effects === '' ? kind : `${kind}: ${effects}`;
}

test.each(KINDS)('%s: every state is what it is called', (state) => {
  expect(STATES[state]().machine.link.kind).toBe(state);
});

test.each(KINDS)('%s: every input has its answer', (state) => {
  const answers = Object.entries(INPUTS).map(([name, input]) => [name, cell(state, input)]);
  expect(Object.fromEntries(answers)).toEqual(TABLE[state]);
});

test.each(KINDS)('%s: every frame has its answer', (state) => {
  const answers = Object.entries(FRAMES).map(([name, frame]) => [
    name,
    cell(state, { kind: 'frame', id: ID, frame }),
  ]);
  expect(Object.fromEntries(answers)).toEqual(FRAME_TABLE[state]);
});
