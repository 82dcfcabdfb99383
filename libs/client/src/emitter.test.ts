// Goal: a handler's failure is told and harms no other handler. Method: handlers that throw, reject, come and go.
import { expect, test } from 'vitest';
import { Emitter } from './emitter.ts';

interface Names {
  readonly tick: readonly [count: number];
}

function emitterOf(failures: unknown[]): Emitter<Names> {
  return new Emitter<Names>((cause) => failures.push(cause));
}

test('handlers are called in order until they are removed', () => {
  const emitter = emitterOf([]);
  const calls: string[] = [];
  const off = emitter.on('tick', (count) => calls.push(`a${count}`));
  emitter.on('tick', (count) => calls.push(`b${count}`));
  emitter.emit('tick', 1);
  off();
  emitter.emit('tick', 2);
  expect(calls).toEqual(['a1', 'b1', 'b2']);
});

test('a handler that throws or rejects is told, and the others are called', async () => {
  const failures: unknown[] = [];
  const emitter = emitterOf(failures);
  const thrown = new Error('thrown');
  const rejected = new Error('rejected');
  let called = 0;
  emitter.on('tick', () => {
    throw thrown;
  });
  emitter.on('tick', () => Promise.reject(rejected));
  emitter.on('tick', () => (called += 1));
  emitter.emit('tick', 1);
  await Promise.resolve();
  expect(called).toBe(1);
  expect(failures).toEqual([thrown, rejected]);
});

test('a handler may remove itself while it is called', () => {
  const emitter = emitterOf([]);
  let calls = 0;
  const off = emitter.on('tick', () => {
    calls += 1;
    off();
  });
  emitter.emit('tick', 1);
  emitter.emit('tick', 2);
  expect(calls).toBe(1);
});
