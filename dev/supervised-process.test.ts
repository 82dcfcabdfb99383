import { expect, test } from 'vitest';
import type { ProcessSpec } from './child-process.ts';
import { supervise } from './supervised-process.ts';

/** A process of one line of code; `lines` yields what it prints. */
function spec(code: string): { spec: ProcessSpec; next: () => Promise<string> } {
  const lines: string[] = [];
  const waiting: ((line: string) => void)[] = [];
  const onLine = (text: string): void => {
    const taker = waiting.shift();
    if (taker === undefined) lines.push(text);
    else taker(text);
  };
  const next = (): Promise<string> => {
    const line = lines.shift();
    return line === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(line);
  };
  const isReady = (text: string): boolean => text.startsWith('ready');
  return { spec: { name: 'part', args: ['-e', code], env: process.env, onLine, isReady }, next };
}

/** Prints its process id, then lives until it is asked to stop. */
const lasting = `
  const stop = () => { console.log('asked'); clearInterval(alive); process.stdin.destroy(); };
  process.once('SIGTERM', stop);
  process.stdin.once('end', stop).resume();
  const alive = setInterval(() => {}, 1000);
  console.log('ready ' + process.pid);
`;

test('a part that is killed is started again, and stopping ends that', async () => {
  // Goal: the system heals itself, and Ctrl-C is final. Method: kill a real process twice, then stop.
  const { spec: part, next } = spec(lasting);
  const ends: string[] = [];
  const running = supervise(part, (line) => ends.push(line));
  await running.ready;
  const first = Number((await next()).slice('ready '.length));
  process.kill(first, 'SIGKILL');
  const second = Number((await next()).slice('ready '.length));
  expect(second).not.toBe(first);
  expect(ends).toHaveLength(1);
  await running.stop();
  expect(await next()).toBe('asked');
  expect(() => process.kill(second, 0)).toThrow('ESRCH');
});

test('a part that ends before it serves fails the start, in one sentence', async () => {
  // Goal: no restart loop for what never worked. Method: a process that exits with a code of its own.
  const { spec: part } = spec('process.exit(3)');
  const running = supervise(part, () => undefined);
  await expect(running.ready).rejects.toThrow('part could not be started (exit code 3).');
  await running.stop();
});

test('a part that does not heed the request is ended by force when one insists', async () => {
  // Goal: a second Ctrl-C ends everything at once. Method: a process that ignores every request.
  const { spec: part, next } = spec(
    "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('ready ' + process.pid);",
  );
  const running = supervise(part, () => undefined);
  await running.ready;
  const pid = Number((await next()).slice('ready '.length));
  const stopped = running.stop();
  running.kill();
  await stopped;
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});
