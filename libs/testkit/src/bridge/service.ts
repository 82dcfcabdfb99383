import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OwnedProcess, readyOrGone } from '../child-process.ts';
import { askedSabotageEnv } from '../sabotage/sabotage-env.ts';
import { scrape, type Scrape } from '../telemetry/scrape.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const PASSED_ON = ['PATH', 'HOME', 'TMPDIR', 'SYSTEMROOT', 'TEMP'] as const;

export interface ServiceOptions {
  /** `edge`, `ingress`, `agent` or `hop-tracer`: runs `services/<kind>/src/main.ts` and waits for its `<kind>.ready` line. */
  readonly kind: string;
  /** The process's own name, for logs. */
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A service of the product as a process of its own, to be harmed and brought back. */
export class Service implements AsyncDisposable {
  readonly name: string;
  readonly #options: ServiceOptions;
  #process: OwnedProcess | undefined;
  #earlierLogs = '';

  constructor(options: ServiceOptions) {
    this.name = options.name;
    this.#options = options;
  }

  get running(): boolean {
    return this.#process?.running ?? false;
  }

  /** Everything that it has logged, over all its lives, up to a limit. */
  get log(): string {
    return this.#earlierLogs + (this.#process?.log ?? '');
  }

  /** Starts it, first or again, and resolves when it serves. Rejects with its log if it does not come up. */
  async start(): Promise<void> {
    if (this.running) return;
    this.#earlierLogs = this.log;
    const { kind, env } = this.#options;
    const ready = Promise.withResolvers<void>();
    const inherited = PASSED_ON.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    const child = new OwnedProcess({
      command: process.execPath,
      args: [join(ROOT, 'services', kind, 'src/main.ts')],
      cwd: ROOT,
      env: {
        ...Object.fromEntries(inherited),
        LONGSPAN_EXIT_WITH_PARENT: '1',
        LONGSPAN_NAME: this.name,
        ...askedSabotageEnv(),
        ...env,
      },
      onLine: (line) => {
        if (messageOf(line) === `${kind}.ready`) ready.resolve();
      },
    });
    this.#process = child;
    await readyOrGone(this.name, child, ready.promise);
  }

  /** What it tells Prometheus now; the bridge must have been started with `metrics`. */
  scrape(): Promise<Scrape> {
    const port = this.#options.env['LONGSPAN_METRICS_PORT'];
    if (port === undefined) throw new Error(`${this.name} has no metrics port`);
    return scrape(`http://127.0.0.1:${port}/metrics`);
  }

  /** Its resident memory in bytes, where the system tells (Linux). */
  async residentBytes(): Promise<number | undefined> {
    const status = await readFile(`/proc/${this.#process?.id}/status`, 'utf8').catch(() => '');
    const kib = /^VmRSS:\s*([0-9]+) kB$/m.exec(status)?.[1];
    return kib === undefined ? undefined : Number(kib) * 1024;
  }

  /** How many files, sockets and pipes it holds open, where the system tells (Linux). */
  async openFiles(): Promise<number | undefined> {
    const names = await readdir(`/proc/${this.#process?.id}/fd`).catch(() => undefined);
    return names?.length;
  }

  /** Kills it hard, and resolves when it is gone. */
  async kill(): Promise<void> {
    await this.#process?.end('SIGKILL');
  }

  /** SIGTERM: it drains. Resolves, when it is gone, to its exit code or the signal that ended it. */
  async drain(): Promise<number | NodeJS.Signals> {
    return (await this.#process?.end('SIGTERM')) ?? -1;
  }

  /** Freezes it; its connections stay open. */
  pause(): void {
    this.#process?.signal('SIGSTOP');
  }

  unpause(): void {
    this.#process?.signal('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

function messageOf(line: string): unknown {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null && 'msg' in entry ? entry.msg : undefined;
  } catch {
    return undefined;
  }
}
