// Goal: the client's clock never goes back, and a page's events become the client's signals.
// Method: clocks set by the test; a page made of real EventTargets.
import { expect, test } from 'vitest';
import { allLocal, browserEnvironment, type BrowserPage } from './browser-environment.ts';
import { steadyClock } from './steady-clock.ts';

test('a clock that is set back is not followed, and one that slept is', () => {
  let wall = 1_000;
  let monotonic = 0;
  const clock = steadyClock(
    () => wall,
    () => monotonic,
  );
  const after = (wallMs: number, monotonicMs: number) => {
    wall += wallMs;
    monotonic += monotonicMs;
    return clock();
  };
  expect(after(100, 100)).toBe(1_100);
  expect(after(-50_000, 100)).toBe(1_200);
  expect(after(100, 100)).toBe(1_300);
  expect(after(60_000, 0)).toBe(61_300);
});

class TestPage extends EventTarget implements BrowserPage {
  readonly navigator = { onLine: true };
  readonly document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
}

function watched(local = false) {
  const page = new TestPage();
  const heard: string[] = [];
  const environment = browserEnvironment(page, () => 0, local);
  const stop = environment.watch({
    offline: () => heard.push('offline'),
    online: () => heard.push('online'),
    visible: () => heard.push('visible'),
    leaving: () => heard.push('leaving'),
  });
  return { page, heard, stop };
}

test('going offline and coming back are heard', () => {
  const { page, heard } = watched();
  page.dispatchEvent(new Event('offline'));
  page.dispatchEvent(new Event('online'));
  expect(heard).toEqual(['offline', 'online']);
});

test('edges on this machine are there without a network', () => {
  const { page, heard } = watched(true);
  page.dispatchEvent(new Event('offline'));
  expect(heard).toEqual([]);
});

test('a page that is hidden or ends saves, and one that is seen again looks at its connection', () => {
  const { page, heard } = watched();
  page.document.visibilityState = 'hidden';
  page.document.dispatchEvent(new Event('visibilitychange'));
  page.document.dispatchEvent(new Event('freeze'));
  page.dispatchEvent(new Event('pagehide'));
  expect(heard.splice(0)).toEqual(['leaving', 'leaving', 'leaving']);
  page.document.visibilityState = 'visible';
  page.document.dispatchEvent(new Event('visibilitychange'));
  expect(heard.splice(0)).toEqual(['online', 'visible']);
  page.navigator.onLine = false;
  page.document.dispatchEvent(new Event('resume'));
  page.dispatchEvent(new Event('pageshow'));
  expect(heard).toEqual(['visible', 'visible']);
});

test('nothing is heard any more once the client has stopped watching', () => {
  const { page, heard, stop } = watched();
  stop();
  for (const type of ['offline', 'online', 'pageshow', 'pagehide']) page.dispatchEvent(new Event(type));
  for (const type of ['visibilitychange', 'resume', 'freeze']) page.document.dispatchEvent(new Event(type));
  expect(heard).toEqual([]);
});

test('an edge is local only on this machine', () => {
  expect(allLocal(['http://127.0.0.1:1', 'ws://localhost:2', 'http://[::1]:3'])).toBe(true);
  expect(allLocal(['http://127.0.0.1:1', 'https://edge.example'])).toBe(false);
});
