import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { OwnedProcess } from '@longspan/testkit';

const READY_WITHIN_MS = 60_000;
const PROBE_EVERY_MS = 25;
const PASSED_ON = ['PATH', 'HOME', 'TMPDIR', 'SYSTEMROOT', 'TEMP', 'LONGSPAN_BENCH_PEERS'] as const;

export interface ServerOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** It serves when it has written a line that matches, or when this resolves to true. */
  readonly ready: RegExp | (() => Promise<boolean>);
}

/** A server of a system under measurement, to be sampled, harmed and brought back. */
export class ServerProcess implements AsyncDisposable {
  readonly name: string;
  readonly #options: ServerOptions;
  #process: OwnedProcess | undefined;

  constructor(options: ServerOptions) {
    this.name = options.name;
    this.#options = options;
  }

  /** Undefined before the first start. */
  get pid(): number | undefined {
    return this.#process?.id;
  }

  /** Starts it, first or again, and resolves when it serves. Rejects with its log if it does not come up. */
  async start(): Promise<void> {
    const { command, args, env, cwd, ready } = this.#options;
    const told = Promise.withResolvers<void>();
    const child = new OwnedProcess({
      command,
      args,
      env: { ...inherited(), ...env },
      ...(cwd === undefined ? {} : { cwd }),
      onLine: (line) => {
        if (ready instanceof RegExp && ready.test(line)) told.resolve();
      },
    });
    this.#process = child;
    const gone = child.gone.then((how) => {
      throw new Error(`${this.name} ended (${how}) before it served:\n${child.log}`);
    });
    const late = sleep(READY_WITHIN_MS, undefined, { ref: false }).then(() => {
      throw new Error(`${this.name} does not serve:\n${child.log}`);
    });
    await Promise.race([ready instanceof RegExp ? told.promise : answers(ready, child), gone, late]);
  }

  /** Freezes it; its connections stay open. */
  pause(): void {
    this.#process?.signal('SIGSTOP');
  }

  /** Kills it hard; resolves when it is gone. */
  async kill(): Promise<void> {
    await this.#process?.end('SIGKILL');
  }

  /** Ends it in order. */
  async stop(): Promise<void> {
    await this.#process?.end('SIGTERM');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

/** What Longspan's image sets (deploy/Dockerfile). All systems' servers get it. */
export const NODE_FLAGS: readonly string[] = ['--max-semi-space-size=16'];

/** A server of ours: a module that writes `ready` when it serves. */
export function nodeServer(
  options: Pick<ServerOptions, 'name'> & {
    readonly module: URL;
    readonly env: Readonly<Record<string, string>>;
    readonly ready: RegExp;
  },
): ServerProcess {
  const { name, module, env, ready } = options;
  const args = [...NODE_FLAGS, fileURLToPath(module)];
  return new ServerProcess({ name, command: process.execPath, args, env, ready });
}

/** What makes a Node process leave a CPU profile in this folder when it ends in order. */
export function profileEnv(folder: string | undefined): Readonly<Record<string, string>> {
  return folder === undefined ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder}` };
}

async function answers(probe: () => Promise<boolean>, child: OwnedProcess): Promise<void> {
  while (child.running && !(await probe().catch(() => false))) await sleep(PROBE_EVERY_MS);
}

function inherited(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    PASSED_ON.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}
