import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';

/** Runs a service in a child process; `body` is the inside of its start function. */
class Child implements AsyncDisposable {
  readonly process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly ended: Promise<{ code: number | null; stderr: string; events: string[] }>;
  readonly #events: string[] = [];
  readonly #waiting = new Map<string, () => void>();

  constructor(body: string, env: Record<string, string> = {}) {
    const source = `import { commonConfig, commonOf, runService } from ${JSON.stringify(new URL('./mod.ts', import.meta.url).href)};
      import { z } from ${JSON.stringify(import.meta.resolve('zod'))};
      const schema = z.object(commonConfig).transform((env) => commonOf(env, 'probe'));
      const say = (msg) => process.stdout.write(JSON.stringify({ msg }) + '\\n');
      await runService('probe', schema, async ({ config, logger, signal }) => { ${body} });`;
    this.process = spawn(process.execPath, ['--input-type=module', '-e', source], {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const lines = createInterface({ input: this.process.stdout });
    lines.on('line', (line) => this.#saw((JSON.parse(line) as { msg: string }).msg));
    const [stderr, closed] = [text(this.process.stderr), once(lines, 'close')];
    this.ended = once(this.process, 'exit').then(async ([code]: (number | null)[]) => {
      await closed;
      return { code: code ?? null, stderr: await stderr, events: this.#events };
    });
  }

  /** Resolves when the event has been logged. */
  async until(msg: string): Promise<void> {
    if (!this.#events.includes(msg)) await new Promise<void>((resolve) => this.#waiting.set(msg, resolve));
  }

  #saw(msg: string): void {
    this.#events.push(msg);
    this.#waiting.get(msg)?.();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process.kill('SIGKILL');
    await this.ended;
  }
}

const SERVING = `say('probe.ready'); return { async [Symbol.asyncDispose]() { say('drained'); } };`;
const STUCK = `say('probe.ready'); return { [Symbol.asyncDispose]() { return new Promise(() => setInterval(() => {}, 1e6)); } };`;

test('SIGTERM drains the service and ends with code 0', async () => {
  // Goal: a deploy loses nothing. Method: a service that says when it was disposed of.
  await using child = new Child(SERVING);
  await child.until('probe.ready');
  child.process.kill('SIGTERM');
  expect(await child.ended).toEqual({
    code: 0,
    stderr: '',
    events: ['probe.ready', 'probe.stopping', 'drained', 'probe.stopped'],
  });
});

test('a second signal ends the process at once', async () => {
  // Goal: a stuck drain does not hold anybody up. Method: a drain that never ends, two signals.
  await using child = new Child(STUCK);
  await child.until('probe.ready');
  child.process.kill('SIGTERM');
  await child.until('probe.stopping');
  child.process.kill('SIGINT');
  expect(await child.ended).toMatchObject({
    code: 1,
    events: ['probe.ready', 'probe.stopping', 'probe.killed'],
  });
});

test('a signal during the start ends the process with code 0', async () => {
  // Goal: a service that waits for NATS can be stopped. Method: a start that never ends.
  await using child = new Child(`say('starting'); await new Promise(() => {});`);
  await child.until('starting');
  child.process.kill('SIGTERM');
  expect(await child.ended).toMatchObject({ code: 0, stderr: '' });
});

test('a failed start is one fatal line and code 1', async () => {
  // Goal: the reason is in the log. Method: a start that throws.
  await using child = new Child(`throw new Error('no');`);
  expect(await child.ended).toEqual({ code: 1, stderr: '', events: ['probe.start_failed'] });
});

test('a service whose metrics port is taken does not start', async () => {
  // Goal: nobody believes in a service to be watched that is not. Method: a port on which somebody listens already.
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const env = { LONGSPAN_MODE: 'development', LONGSPAN_METRICS_PORT: String(port) };
  await using child = new Child(SERVING, env);
  expect(await child.ended).toEqual({ code: 1, stderr: '', events: ['probe.start_failed'] });
  taken.close();
});

test('a bad configuration is one plain line without a stack, and code 1', async () => {
  // Goal: people can read it. Method: a variable that is no number.
  await using child = new Child(SERVING, { LONGSPAN_SHARDS: 'x' });
  expect(await child.ended).toEqual({
    code: 1,
    stderr: 'probe: LONGSPAN_SHARDS is "x"; expected a whole number from 1 to 256\n',
    events: [],
  });
});

test('an error that nobody caught is one fatal line and code 1', async () => {
  // Goal: a broken process does not linger. Method: a rejection nobody handles, after the start.
  await using child = new Child(`setTimeout(() => void Promise.reject(new Error('lost')), 1); ${SERVING}`);
  expect(await child.ended).toMatchObject({ code: 1, events: ['probe.ready', 'probe.crashed'] });
});

test('a service whose parent is gone drains and ends', async () => {
  // Goal: no process outlives the one that started it. Method: close the child's standard input.
  await using child = new Child(SERVING, { LONGSPAN_EXIT_WITH_PARENT: '1' });
  await child.until('probe.ready');
  child.process.stdin.end();
  expect(await child.ended).toMatchObject({
    code: 0,
    events: expect.arrayContaining(['drained']) as string[],
  });
});
