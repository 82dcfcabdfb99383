import { expect, test } from 'vitest';
import { eventually } from '../eventually.ts';
import { Watchdog } from './watchdog.ts';

test('what settles in time is fine, what is late is told, what never settles is told as well', async () => {
  // Goal: a watchdog that barks at every deadlock and at nothing else. Method: one promise of each kind.
  const watchdog = new Watchdog(20);
  const late = Promise.withResolvers<void>();
  const lateAndFailed = Promise.withResolvers<void>();
  const never = new Promise(() => undefined);
  expect(await watchdog.watch('fine', Promise.resolve(7))).toBe(7);
  await expect(watchdog.watch('failed', Promise.reject(new Error('no')))).rejects.toThrow('no');
  void watchdog.watch('late', late.promise);
  const failing = watchdog.watch('late and failed', lateAndFailed.promise);
  void watchdog.watch('never', never);
  expect(watchdog.overdue).toEqual([]);
  await eventually('all three are overdue', () => watchdog.overdue.length === 3);
  late.resolve();
  lateAndFailed.reject(new Error('no'));
  await expect(failing).rejects.toThrow('no');
  expect(watchdog.overdue.map(({ what, pending }) => [what, pending])).toEqual([
    ['late', false],
    ['late and failed', false],
    ['never', true],
  ]);
  expect(watchdog.watched).toBe(5);
  expect(watchdog.longestMs).toBeGreaterThan(20);
});
