import type { Edge } from '@longspan/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ConsolePage } from './console-page.ts';
import { Stage } from './stage.ts';

// Goal: what the console promises holds in a real browser over the real system.
// Method: use the page as a person would, disturb it, and compare every row that reached the page with the history
// that the ingress gives to back ends.

const chromePath = process.env['CHROME_PATH'];

describe.skipIf(chromePath === undefined)('the console', () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.start(chromePath ?? '');
  });

  beforeEach(({ onTestFailed }) => {
    onTestFailed(() => console.log(stage.bridge.logTail()));
  });

  // What a test took down stands again for the next one.
  afterEach(async () => {
    await Promise.all(stage.bridge.edges.map(({ service }) => service.start()));
  });

  afterAll(async () => {
    await stage?.[Symbol.asyncDispose]();
  });

  /** What the log holds of the user, and no fault, in the words of `received`. */
  async function committed(user: string) {
    const history = await stage.history(user);
    if (history.length === 0) throw new Error(`the log holds nothing of ${user}`);
    const events = history.map(({ position, event }) => ({ position, id: event.id }));
    return { events, faults: { duplicates: '0', outOfOrder: '0', broken: '0' }, errors: [] };
  }

  /** What reached the page, once it has come to the end of the log: to be compared with `committed`. */
  async function received(page: ConsolePage, user: string) {
    await page.untilPosition(user, (await stage.history(user)).at(-1)?.position ?? '');
    const rows = (await page.savedRows(user)).filter((row) => row.kind === 'event');
    const events = rows.map((row) => ({ position: `${row.epoch}-${row.seq}`, id: row.event?.id }));
    return { events, faults: await page.faults(user), errors: page.errors };
  }

  /** Whether events of the stream came after the connection was lost for the last time: it did happen during it. */
  async function streamedOn(page: ConsolePage, user: string): Promise<boolean> {
    const rows = await page.savedRows(user);
    const lostAt = rows.findLastIndex((row) => row.kind === 'mark' && row.mark?.kind === 'lost');
    return lostAt > 0 && rows.slice(lostAt).some((row) => row.event?.type === 'agent_output');
  }

  /** The edge that serves the user. */
  async function servingEdge(page: ConsolePage, user: string): Promise<Edge> {
    const name = await page.fact(user, 'edge');
    const edge = stage.bridge.edges.find((candidate) => candidate.name === name);
    if (!edge) throw new Error(`no edge of the name ${name}`);
    return edge;
  }

  test('shows the events of an answer in order', async () => {
    await using page = await stage.open(['answer']);
    await page.say('answer', 'What is 17.5% of 2480?');
    await page.untilEnded('answer');
    await page.untilAnswered('answer', '434');
    const types = (await stage.history('answer')).map(({ event }) => event.type);
    expect(types[0]).toBe('agent_started');
    expect(types.at(-1)).toBe('agent_completed');
    expect(types).toEqual(
      expect.arrayContaining(['agent_thinking', 'tool_executing', 'tool_completed', 'agent_output']),
    );
    expect(await received(page, 'answer')).toEqual(await committed('answer'));
  });

  test('loses and repeats nothing when the connection is cut during a stream', async () => {
    await using page = await stage.open(['cut']);
    await page.say('cut', 'Count to 150');
    for (const [times, number] of ['12', '31'].entries()) {
      await page.untilAnswered('cut', new RegExp(`\\b${number}\\b`));
      await page.press('cut', 'Cut my connection');
      await page.untilReconnects('cut', times + 1);
    }
    await page.untilEnded('cut');
    await page.untilAnswered('cut', /\b150\b/);
    expect(await streamedOn(page, 'cut')).toBe(true);
    expect(await received(page, 'cut')).toEqual(await committed('cut'));
  });

  test('loses and repeats nothing when its edge is killed during a stream', async () => {
    await using page = await stage.open(['kill']);
    const edge = await servingEdge(page, 'kill');
    await page.say('kill', 'Count to 150');
    await page.untilAnswered('kill', /\b20\b/);
    await page.press('kill', 'Kill my edge');
    await page.untilReconnects('kill', 1);
    expect(await page.fact('kill', 'edge')).not.toBe(edge.name);
    await page.untilEnded('kill');
    await page.untilAnswered('kill', /\b150\b/);
    expect(await streamedOn(page, 'kill')).toBe(true);
    expect(await received(page, 'kill')).toEqual(await committed('kill'));
  });

  test('moves to another edge when its edge drains during a stream, without losing or repeating', async () => {
    await using page = await stage.open(['drain']);
    const edge = await servingEdge(page, 'drain');
    await page.say('drain', 'Count to 150');
    await page.untilAnswered('drain', /\b20\b/);
    expect(await edge.service.drain()).toBe(0);
    await page.untilReconnects('drain', 1);
    expect(await page.fact('drain', 'edge')).not.toBe(edge.name);
    await page.untilEnded('drain');
    await page.untilAnswered('drain', /\b150\b/);
    expect(await received(page, 'drain')).toEqual(await committed('drain'));
  });

  test('rebuilds the chat from the log when the tab is reloaded during a stream', async () => {
    await using page = await stage.open(['reload']);
    await page.say('reload', 'What is 6 * 7?');
    await page.untilEnded('reload');
    await page.say('reload', 'Count to 150');
    await page.untilAnswered('reload', /\b20\b/);
    await page.page.reload();
    await page.untilState('reload', 'live');
    await page.untilAnswered('reload', /\b150\b/);
    await page.untilEnded('reload');
    expect(await page.pane('reload').locator('.said').allInnerTexts()).toEqual([
      'What is 6 * 7?',
      'Count to 150',
    ]);
    expect(await received(page, 'reload')).toEqual(await committed('reload'));
  });

  test('keeps what is sent while offline, and sends it once', async () => {
    await using page = await stage.open(['away']);
    await page.press('away', 'Go offline 5 s');
    await page.untilState('away', 'offline');
    await page.say('away', 'What is 6 * 7?');
    await page.pane('away').getByText('Waits for the connection').waitFor();
    await page.untilState('away', 'live');
    await page.untilEnded('away');
    await page.untilAnswered('away', '42');
    const started = (await stage.history('away')).filter(({ event }) => event.type === 'agent_started');
    expect(started).toHaveLength(1);
    expect(await received(page, 'away')).toEqual(await committed('away'));
  });

  test('takes a burst slowly without losing any of it', async () => {
    await using page = await stage.open(['slow']);
    await page.press('slow', /^Read slowly/);
    await page.press('slow', 'Publish 50 events');
    await page
      .pane('slow')
      .getByText(/[1-9][0-9]* waiting/)
      .waitFor();
    await page.press('slow', /^Read slowly/);
    await page.pane('slow').locator('[data-count="events"]').getByText('50', { exact: true }).waitFor();
    expect(await stage.history('slow')).toHaveLength(50);
    expect(await received(page, 'slow')).toEqual(await committed('slow'));
  });

  test('stops a run, and the run says so', async () => {
    await using page = await stage.open(['stop']);
    await page.say('stop', 'Count to 2000');
    await page.untilAnswered('stop', /\b5\b/);
    await page.press('stop', 'Stop the agent');
    await page.untilEnded('stop', 'stopped');
    expect(await received(page, 'stop')).toEqual(await committed('stop'));
  });

  test('shows two users side by side, and none the events of the other', async () => {
    await using page = await stage.open(['left', 'right']);
    await page.say('left', 'Count to 40');
    await page.say('right', 'What is 1000 + 234?');
    await page.untilEnded('left');
    await page.untilEnded('right');
    await page.untilAnswered('right', /1,?234/);
    expect(await page.pane('left').getByText('What is 1000 + 234?').count()).toBe(0);
    expect(await page.pane('right').getByText('Count to 40').count()).toBe(0);
    expect(await received(page, 'left')).toEqual(await committed('left'));
    expect(await received(page, 'right')).toEqual(await committed('right'));
    const ids = async (user: string) => (await stage.history(user)).map(({ event }) => event.id);
    const right = new Set(await ids('right'));
    expect((await ids('left')).filter((id) => right.has(id))).toEqual([]);
  });

  test('opens and closes an event by the keyboard alone', async () => {
    await using page = await stage.open(['keys']);
    await page.press('keys', 'Publish 50 events');
    await page.pane('keys').locator('[data-count="events"]').getByText('50', { exact: true }).waitFor();
    await page.pane('keys').getByRole('group', { name: 'Rows' }).focus();
    const keyboard = page.page.keyboard;
    await keyboard.press('End');
    await keyboard.press('ArrowUp');
    await page.pane('keys').locator('.row:focus').getByText('burst').waitFor();
    await keyboard.press('Enter');
    await page.pane('keys').getByText('"n": 49,').waitFor();
    await keyboard.press('Home');
    await page.pane('keys').locator('.row:focus[data-mark="connected"]').waitFor();
    await keyboard.press('ArrowDown');
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await page.pane('keys').getByText('"n": 1,').waitFor();
    expect(await page.pane('keys').getByText('"n": 49,').count()).toBe(0);
    expect(page.errors).toEqual([]);
  });

  test('shows another user where the name is changed, and keeps that in the address', async () => {
    await using page = await stage.open(['first']);
    await page.say('first', 'What is 6 * 7?');
    await page.untilEnded('first');
    const name = page.pane('first').getByLabel('User of this pane');
    await name.fill('second');
    await name.press('Enter');
    await page.untilState('second', 'live');
    expect(await page.pane('first').count()).toBe(0);
    expect(await page.pane('second').locator('.turn').count()).toBe(0);
    expect(new URL(page.page.url()).search).toBe('?users=second');
    await page.page.getByRole('button', { name: 'Second user' }).click();
    await page.untilState('ada', 'live');
    expect(new URL(page.page.url()).search).toBe('?users=second,ada');
  });

  test('shows one thing at a time on a phone', async () => {
    await using page = await stage.open(['phone', 'tablet'], {
      viewport: { width: 390, height: 844 },
      isMobile: true,
      hasTouch: true,
    });
    const pane = page.pane('phone');
    expect(await page.pane('tablet').isVisible()).toBe(false);
    await page.say('phone', 'What is 6 * 7?');
    await page.untilEnded('phone');
    expect(await pane.getByRole('region', { name: 'Events' }).isVisible()).toBe(false);
    await pane
      .getByRole('navigation', { name: 'View' })
      .getByRole('button', { name: /^Events/ })
      .click();
    expect(await pane.getByRole('region', { name: 'Events' }).isVisible()).toBe(true);
    expect(await pane.getByRole('region', { name: 'Chat' }).isVisible()).toBe(false);
    expect(await received(page, 'phone')).toEqual(await committed('phone'));
    await page.page.getByRole('button', { name: 'tablet', exact: true }).click();
    expect(await page.pane('tablet').isVisible()).toBe(true);
  });
});
