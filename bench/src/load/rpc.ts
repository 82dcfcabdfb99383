import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';

/** What a process can be asked for: by name, with one argument each. */
export type Calls<Names extends string = string> = Record<Names, (argument: never) => unknown>;

interface Request {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}

type Answer = { readonly id: number } & ({ readonly result: unknown } | { readonly failed: string });

const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** A process of the benchmark that generates load and is told what to do. It ends with us. */
export class LoadProcess<C extends Calls> implements AsyncDisposable {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #gone: Promise<void>;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #nextId = 0;
  #ended = false;

  /** @param module a module that calls `serve` with these calls */
  constructor(name: string, module: URL) {
    this.name = name;
    const child = fork(fileURLToPath(module), { execArgv: [], serialization: 'advanced' });
    this.#child = child;
    alive.add(child);
    child.on('message', (message) => this.#settle(message as Answer));
    this.#gone = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        alive.delete(child);
        const error = new Error(`${name} ended (${signal ?? code})`);
        for (const { reject } of this.#waiting.values()) reject(error);
        this.#waiting.clear();
        resolve();
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Rejects with what the call threw, or if the process ends. */
  call<N extends keyof C & string>(
    name: N,
    argument: Parameters<C[N]>[0],
  ): Promise<Awaited<ReturnType<C[N]>>> {
    if (!this.#child.connected) return Promise.reject(new Error(`${this.name} has ended`));
    const id = this.#nextId++;
    const answer = Promise.withResolvers<unknown>();
    this.#waiting.set(id, answer);
    this.#child.send({ id, name, argument } satisfies Request);
    return answer.promise as Promise<Awaited<ReturnType<C[N]>>>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ended) return this.#gone;
    this.#ended = true;
    this.#child.kill('SIGKILL');
    await this.#gone;
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('failed' in answer) waiting?.reject(new Error(`${this.name}: ${answer.failed}`));
    else waiting?.resolve(answer.result);
  }
}

/** The process's own side: answers calls until whoever started it is gone. Call it once. */
export function serve(calls: Calls): void {
  process.on('disconnect', () => process.exit());
  process.on('message', (message) => {
    const { id, name, argument } = message as Request;
    const answered = async (): Promise<Answer> => {
      try {
        const call = calls[name];
        if (call === undefined) throw new Error(`nobody can ${name}`);
        return { id, result: await call(argument as never) };
      } catch (error) {
        // A result is kept and shown: where in the code it happened is for whoever sits before the terminal.
        process.stderr.write(`${inspect(error)}\n`);
        return { id, failed: error instanceof Error ? error.message : String(error) };
      }
    };
    void answered().then((answer) => process.send?.(answer));
  });
}
