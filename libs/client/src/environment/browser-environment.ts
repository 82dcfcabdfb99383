import type { Environment, Signals } from './environment.ts';
import { startClock } from './steady-clock.ts';
import { startTimer } from './timers.ts';

/** What is used of a browser's `window` and `document`. */
export interface BrowserPage {
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
  readonly navigator: { readonly onLine: boolean };
  readonly document: {
    readonly visibilityState: string;
    addEventListener(type: string, listener: () => void): void;
    removeEventListener(type: string, listener: () => void): void;
  };
}

/** The page that this runs in; undefined in Node and in workers, which hear no such events. */
export function currentPage(): BrowserPage | undefined {
  const scope = globalThis as unknown as { readonly document?: unknown; readonly addEventListener?: unknown };
  const isPage = typeof scope.document === 'object' && typeof scope.addEventListener === 'function';
  return isPage ? (scope as unknown as BrowserPage) : undefined;
}

/**
 * A page in a browser. `navigator.onLine` is not asked, only its changes are heard: a machine without a network can
 * still reach an edge of its own, so with `local` edges even the changes mean nothing.
 */
export function browserEnvironment(page: BrowserPage, random: () => number, local: boolean): Environment {
  return {
    now: startClock(),
    random,
    after: startTimer,
    watch: (signals) => watchPage(page, signals, local),
  };
}

function watchPage(page: BrowserPage, signals: Signals, local: boolean): () => void {
  const visible = () => {
    // A page that was frozen may have missed that the network came back.
    if (page.navigator.onLine) signals.online();
    signals.visible();
  };
  const visibility = () => (page.document.visibilityState === 'visible' ? visible() : signals.leaving());
  const onPage: readonly (readonly [string, () => void])[] = [
    ...(local
      ? []
      : ([
          ['offline', signals.offline],
          ['online', signals.online],
        ] as const)),
    ['pageshow', visible],
    ['pagehide', signals.leaving],
  ];
  const onDocument: readonly (readonly [string, () => void])[] = [
    ['visibilitychange', visibility],
    ['resume', visible],
    ['freeze', signals.leaving],
  ];
  for (const [type, listener] of onPage) page.addEventListener(type, listener);
  for (const [type, listener] of onDocument) page.document.addEventListener(type, listener);
  return () => {
    for (const [type, listener] of onPage) page.removeEventListener(type, listener);
    for (const [type, listener] of onDocument) page.document.removeEventListener(type, listener);
  };
}

/** Whether every edge is on this very machine. */
export function allLocal(urls: readonly string[]): boolean {
  return urls.every((url) => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname));
}
