import { eventually, freePort, Service, TraceReceiver } from '@longspan/testkit';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Stage } from './stage.ts';

// Goal: the operations page shows what happens in the system, and events lead to their traces.
// Method: a real browser over the real system with a real viewer of traces; publish, kill, and look at the page.

const chromePath = process.env['CHROME_PATH'];

describe.skipIf(chromePath === undefined)('operations', () => {
  let stage: Stage;
  let viewer: TraceReceiver;

  beforeAll(async () => {
    viewer = await TraceReceiver.start();
    const env = { LONGSPAN_TRACE_URL: `${viewer.endpoint}/#trace={traceId}` };
    stage = await Stage.start(chromePath ?? '', { traces: viewer, env });
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
    await viewer?.[Symbol.asyncDispose]();
  });

  /** A cell of a table: of the row with this name, below this heading. */
  const cell = (page: Page, row: string, heading: string) =>
    page.locator(`[data-row="${row}"] [data-cell="${heading}"]`);
  /** A figure above a plot. */
  const figure = (page: Page, name: string) => page.locator(`[data-figure="${name}"]`);
  const aNumber = /[1-9]/;

  test('sessions, rates and latencies move with what happens, and a killed edge falls silent', async () => {
    await using ada = stage.bridge.client('ada', { startAt: 0 });
    await ada.untilLive();
    await using opened = await stage.openOperations();
    const { page } = opened;
    await cell(page, 'edge-0', 'Sessions').getByText('1', { exact: true }).waitFor();

    const publishing = new AbortController();
    const published = (async () => {
      for (let n = 0; !publishing.signal.aborted; n += 1) {
        await stage.bridge.ingress.publish('ada', [{ id: `ops-${n}`, type: 'noted' }]);
      }
    })();
    await cell(page, 'edge-0', 'Delivered /s').getByText(aNumber).waitFor();
    await cell(page, 'ingress-0', 'Events /s').getByText(aNumber).waitFor();
    await figure(page, 'From publish to socket/p99').getByText(/ms|s/).waitFor();
    await figure(page, 'Events a second/delivered').getByText(aNumber).waitFor();
    publishing.abort();
    await published;

    await stage.bridge.edge(0).service.kill();
    await page.getByText(/edge-0 has been silent for/).waitFor();
    await page
      .locator('[data-row="edge-0"]')
      .getByText(/Silent for/)
      .waitFor();
    await cell(page, 'edge-1', 'Sessions').getByText('1', { exact: true }).waitFor();
    await stage.bridge.edge(0).service.start();
    await cell(page, 'edge-0', 'Sessions').waitFor();
    expect(await page.getByText(/has been silent for/).count()).toBe(0);
    expect(opened.errors).toEqual([]);
  });

  test('on a phone nothing is wider than the page', async () => {
    const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
    await using opened = await stage.openOperations(phone);
    const { page } = opened;
    await page.getByRole('region', { name: 'Edges' }).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await page.getByRole('link', { name: 'Users' }).click();
    await opened.untilState('ada', 'live');
    await page.goBack();
    await page.getByRole('heading', { name: 'Operations' }).waitFor();
    expect(opened.errors).toEqual([]);
  });

  test('an event and a run lead to their trace', async () => {
    await using opened = await stage.open(['traced']);
    await opened.say('traced', 'What is 6 * 7?');
    await opened.untilEnded('traced');
    const pane = opened.pane('traced');
    const link = pane.locator('.ending').getByRole('link', { name: 'Trace' });
    const traceId = (await link.getAttribute('title')) ?? '';
    await pane.locator('.row').getByText('agent_started').click();
    expect(await pane.locator('.row-detail').getByRole('link', { name: 'Trace' }).getAttribute('title')).toBe(
      traceId,
    );
    await eventually('the trace has arrived', async () => {
      const spans = await viewer.trace(traceId);
      return spans?.some(({ name }) => name === 'process cmd.{user}');
    });
    const popup = opened.page.waitForEvent('popup');
    await link.click();
    const trace = await popup;
    await trace.getByText(traceId).first().waitFor();
    await trace.getByText('process cmd.{user}').first().waitFor();
    expect(opened.errors).toEqual([]);
  });

  test('in production the page is operations alone, and asks for an operator’s token', async () => {
    const port = await freePort();
    const env = {
      LONGSPAN_MODE: 'production',
      LONGSPAN_HOST: '127.0.0.1',
      LONGSPAN_PORT: String(port),
      LONGSPAN_NATS_URL: stage.nats.urls.join(','),
      LONGSPAN_PUBLISH_TOKENS: 'a-publisher-of-the-tests',
      LONGSPAN_OPERATIONS_TOKENS: 'an-operator-of-the-tests',
      LONGSPAN_CONSOLE_DIR: stage.consoleDir,
    };
    await using ingress = new Service({ kind: 'ingress', name: 'ingress-production', env });
    await ingress.start();
    await using opened = await stage.openOperations({}, `http://127.0.0.1:${port}/`);
    const { page } = opened;
    const field = page.getByLabel('Operator’s token');
    await field.fill('a-publisher-of-the-tests');
    await field.press('Enter');
    await page.getByText('This ingress does not know this token.').waitFor();
    await field.fill('an-operator-of-the-tests');
    await field.press('Enter');
    await cell(page, 'edge-0', 'Sessions').waitFor();
    await page.reload();
    await cell(page, 'edge-0', 'Sessions').waitFor();
    expect(await page.getByRole('link', { name: 'Users' }).count()).toBe(0);
    expect(opened.errors).toEqual([]);
  });

  test('without the ingress the page says so, keeps what it knew, and comes back', async () => {
    await using opened = await stage.openOperations();
    const { page } = opened;
    await cell(page, 'edge-0', 'Sessions').waitFor();
    const ingress = stage.bridge.service('ingress-0');
    await ingress.kill();
    await page.getByText(/what is below is how it was/).waitFor();
    expect(await page.locator('[data-row="edge-0"]').isVisible()).toBe(true);
    await ingress.start();
    await page.locator('[data-feed="live"]').waitFor();
  });
});
