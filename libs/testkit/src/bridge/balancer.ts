import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OwnedProcess, readyOrGone } from '../child-process.ts';
import { eventually } from '../eventually.ts';
import { freePort } from '../net/free-port.ts';
import { FaultProxy } from '../net/fault-proxy.ts';
import { isAlive } from '../nats/orphans.ts';
import type { Edge } from './bridge.ts';
import { HaproxyControl, type BackendView } from './haproxy-control.ts';

export interface BalancerOptions {
  /** What it passes connections on to; each answers `GET /readyz`. */
  readonly edges: readonly Pick<Edge, 'name' | 'url'>[];
  /** A connection on which nothing passes for so long is cut, in milliseconds; default a minute. */
  readonly idleMs?: number;
}

/** After a reload, connections of before are cut after so long. */
const HARD_STOP_MS = 500;
const CHECK_INTERVAL_MS = 100;
const MINUTE_MS = 60_000;

/** The HAProxy to run, which `npm test` names in `LONGSPAN_TEST_HAPROXY`; undefined if there is none. */
export function haproxyPath(): string | undefined {
  const path = process.env['LONGSPAN_TEST_HAPROXY'];
  return path === '' ? undefined : path;
}

/**
 * A real TCP load balancer before edges: HAProxy, least connections first, with health checks on `/readyz`. An edge that is
 * taken away or found unhealthy loses its connections at once. Every method resolves when its effect has come about.
 */
export class Balancer implements AsyncDisposable {
  /** Its base url, for clients. */
  readonly url: string;
  readonly #process: OwnedProcess;
  readonly #control: HaproxyControl;
  readonly #checks: ReadonlyMap<string, FaultProxy>;
  readonly #owned: AsyncDisposableStack;

  private constructor(
    port: number,
    child: OwnedProcess,
    control: HaproxyControl,
    checks: ReadonlyMap<string, FaultProxy>,
    owned: AsyncDisposableStack,
  ) {
    this.url = `http://127.0.0.1:${port}`;
    this.#process = child;
    this.#control = control;
    this.#checks = checks;
    this.#owned = owned;
  }

  /** Resolves when it passes connections on to every edge. */
  static async start(options: BalancerOptions): Promise<Balancer> {
    const command = haproxyPath();
    if (command === undefined) throw new Error('LONGSPAN_TEST_HAPROXY names no HAProxy');
    await using cleanup = new AsyncDisposableStack();
    const dir = await mkdtemp(join(tmpdir(), 'longspan-haproxy-'));
    cleanup.defer(() => rm(dir, { recursive: true, force: true }));
    const checks = new Map<string, FaultProxy>();
    for (const { name, url } of options.edges)
      checks.set(name, cleanup.use(await FaultProxy.listen(() => Number(new URL(url).port))));
    const port = await freePort();
    const socketPath = join(dir, 'control.sock');
    const configPath = join(dir, 'haproxy.cfg');
    await writeFile(configPath, configuration(options, checks, port, socketPath));
    const child = new OwnedProcess({ command, args: ['-W', '-f', configPath] });
    cleanup.defer(() => child.end('SIGTERM').then(() => undefined));
    const control = new HaproxyControl(socketPath);
    const allUp = eventually('HAProxy has found every edge healthy', async () =>
      (await control.backends()).every(({ status }) => status === 'UP'),
    );
    await readyOrGone('haproxy', child, allUp);
    return new Balancer(port, child, control, checks, cleanup.move());
  }

  /** Reads its configuration anew: a new process takes over, and what the old one still carries is cut soon after. */
  async reload(): Promise<void> {
    const before = await this.#control.workerId();
    this.#process.signal('SIGUSR2');
    await eventually('a new HAProxy worker has taken over', async () => {
      return (await this.#control.workerId()) !== before;
    });
    await eventually('the old HAProxy worker is gone', () => !isAlive(before));
  }

  /** Takes an edge out, as before it is taken down for good. */
  async remove(edge: string): Promise<void> {
    await this.#control.command(`set server edges/${edge} state maint`);
    await this.#control.command(`shutdown sessions server edges/${edge}`);
    await this.#until(edge, ({ status, sessions }) => status === 'MAINT' && sessions === 0);
  }

  async restore(edge: string): Promise<void> {
    await this.#control.command(`set server edges/${edge} state ready`);
    await this.#until(edge, ({ status }) => status === 'UP');
  }

  /** Lets an edge's health checks fail, though the edge is well. */
  async failChecks(edge: string): Promise<void> {
    this.#checks.get(edge)?.refuse();
    await this.#until(edge, ({ status, sessions }) => status === 'DOWN' && sessions === 0);
  }

  async passChecks(edge: string): Promise<void> {
    this.#checks.get(edge)?.restore();
    await this.#until(edge, ({ status }) => status === 'UP');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }

  async #until(edge: string, holds: (view: BackendView) => boolean): Promise<void> {
    await eventually(`HAProxy sees ${edge} as asked for`, async () => {
      const view = (await this.#control.backends()).find(({ name }) => name === edge);
      return view !== undefined && holds(view);
    });
  }
}

function configuration(
  { edges, idleMs = MINUTE_MS }: BalancerOptions,
  checks: ReadonlyMap<string, FaultProxy>,
  port: number,
  socketPath: string,
): string {
  const servers = edges.map(({ name, url }) => {
    const { host } = new URL(url);
    return `  server ${name} ${host} check port ${checks.get(name)?.port}`;
  });
  return `${[
    'global',
    `  stats socket ${socketPath} mode 600 level admin expose-fd listeners`,
    `  hard-stop-after ${HARD_STOP_MS}ms`,
    'defaults',
    '  mode tcp',
    '  timeout connect 2s',
    // By default a check may take no longer than the time between two, which a busy machine does not always grant.
    '  timeout check 2s',
    `  timeout client ${idleMs}ms`,
    `  timeout server ${idleMs}ms`,
    'frontend clients',
    `  bind 127.0.0.1:${port}`,
    '  default_backend edges',
    'backend edges',
    '  balance leastconn',
    '  option httpchk GET /readyz',
    `  default-server inter ${CHECK_INTERVAL_MS}ms fall 2 rise 2 on-marked-down shutdown-sessions`,
    ...servers,
  ].join('\n')}\n`;
}
