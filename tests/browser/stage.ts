import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBridge, startNats, TRACED, type Bridge, type NatsCluster } from '@longspan/testkit';
import { chromium, type Browser, type BrowserContextOptions } from 'playwright-core';
import { build } from 'vite';
import { ConsolePage } from './console-page.ts';
import { fullHistory, type Committed } from './history.ts';

const CONSOLE_ROOT = join(import.meta.dirname, '../../services/console');

/** Chromium asks nobody anything and needs neither a display nor a sandbox of its own. */
const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface StageOptions {
  /** Where spans go; NATS then tells hops. */
  readonly traces?: { readonly endpoint: string };
  /** More environment for all services. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The whole system with the console built from its sources, and a real Chromium before it. */
export class Stage implements AsyncDisposable {
  readonly nats: NatsCluster;
  readonly bridge: Bridge;
  /** The console, built. */
  readonly consoleDir: string;
  readonly #browser: Browser;
  readonly #owned: AsyncDisposableStack;

  private constructor(
    { nats, bridge, consoleDir }: Pick<Stage, 'nats' | 'bridge' | 'consoleDir'>,
    browser: Browser,
    owned: AsyncDisposableStack,
  ) {
    this.nats = nats;
    this.bridge = bridge;
    this.consoleDir = consoleDir;
    this.#browser = browser;
    this.#owned = owned;
  }

  /**
   * @param chromePath the browser's executable.
   */
  static async start(chromePath: string, options: StageOptions = {}): Promise<Stage> {
    await using owned = new AsyncDisposableStack();
    const consoleDir = await mkdtemp(join(tmpdir(), 'longspan-console-'));
    owned.defer(() => rm(consoleDir, { recursive: true, force: true }));
    await build({ root: CONSOLE_ROOT, logLevel: 'error', build: { outDir: consoleDir, emptyOutDir: true } });
    const { traces, env } = options;
    const nats = owned.use(
      await startNats({ nodes: 1, backend: 'processes', ...(traces === undefined ? {} : TRACED) }),
    );
    const bridge = owned.use(
      await startBridge({
        nats,
        edges: 2,
        agents: 1,
        env: { LONGSPAN_CONSOLE_DIR: consoleDir, ...env },
        ...(traces === undefined ? {} : { traces }),
      }),
    );
    const browser = await chromium.launch({ executablePath: chromePath, args: CHROMIUM_ARGS });
    owned.defer(() => browser.close());
    return new Stage({ nats, bridge, consoleDir }, browser, owned.move());
  }

  /** Opens the page that shows how the system is, in a browser profile of its own. */
  async openOperations(
    options: BrowserContextOptions = {},
    url = `${this.bridge.ingress.url}/?view=operations`,
  ): Promise<ConsolePage> {
    const context = await this.#browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    const page = new ConsolePage(await context.newPage());
    await page.goto(url);
    return page;
  }

  /** Opens the console for these users in a browser profile of its own, and waits until their panes are live. */
  async open(users: readonly string[], options: BrowserContextOptions = {}): Promise<ConsolePage> {
    const context = await this.#browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    const page = new ConsolePage(await context.newPage());
    await page.goto(`${this.bridge.ingress.url}/?users=${users.join(',')}`);
    for (const user of users) await page.untilState(user, 'live');
    return page;
  }

  /** All events of the user as the ingress tells them to back ends. */
  history(user: string): Promise<readonly Committed[]> {
    return fullHistory(this.bridge.ingress, user);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }
}
