import { spawn, type ChildProcess } from 'node:child_process';

const LOG_CHARS_MAX = 256 * 1024;
const alive = new Set<ChildProcess>();

/** A test run that ends for whatever reason leaves no process behind. */
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Called with each complete line of standard output. */
  readonly onLine?: (line: string) => void;
}

/** A process of the system under test. What it writes is kept, up to a limit, for the case that a test fails. */
export class OwnedProcess {
  readonly #child: ChildProcess;
  readonly #gone: Promise<number | NodeJS.Signals>;
  #log = '';

  constructor(options: ChildOptions) {
    const child = spawn(options.command, options.args, {
      // Standard input stays open for as long as this process lives: services can notice when it is gone.
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(options.env ? { env: options.env } : {}),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    this.#child = child;
    alive.add(child);
    this.#gone = new Promise((resolve) => {
      child.once('error', (error) => {
        this.#keep(`${error.message}\n`);
        alive.delete(child);
        resolve(-1);
      });
      child.once('close', (code, signal) => {
        alive.delete(child);
        resolve(signal ?? code ?? -1);
      });
    });
    let rest = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#keep(text);
      if (!options.onLine) return;
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) options.onLine(line);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#keep(text));
  }

  /** Resolves when it has ended, to its exit code or the signal that ended it. */
  get gone(): Promise<number | NodeJS.Signals> {
    return this.#gone;
  }

  get id(): number | undefined {
    return this.#child.pid;
  }

  get running(): boolean {
    return alive.has(this.#child);
  }

  /** The last part of what it wrote to standard output and error. */
  get log(): string {
    return this.#log;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Sends the signal and resolves when the process has ended. One that is stopped is continued if need be. */
  async end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals> {
    if (this.running) this.#child.kill(signal);
    return this.#gone;
  }

  #keep(text: string): void {
    this.#log = (this.#log + text).slice(-LOG_CHARS_MAX);
  }
}

/** Resolves when one of them has ended or `ready` has resolved; rejects with the log if it was the end. */
export async function readyOrGone<T>(name: string, child: OwnedProcess, ready: Promise<T>): Promise<T> {
  const gone = child.gone.then((how) => {
    throw new Error(`${name} ended (${how}) before it was ready:\n${child.log}`);
  });
  return Promise.race([ready, gone]);
}
