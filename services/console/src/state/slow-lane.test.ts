import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { SlowLane } from './slow-lane.ts';

test('whatever the mode, every item passes once and in order', () => {
  const action = fc.constantFrom('offer', 'next', 'slow', 'fast');
  fc.assert(
    fc.property(fc.array(action), (actions) => {
      const passed: number[] = [];
      const lane = new SlowLane<number>((item) => passed.push(item));
      let offered = 0;
      for (const each of actions) {
        if (each === 'offer') lane.offer(offered++);
        else if (each === 'next') lane.next();
        else lane.setSlow(each === 'slow');
        expect(passed.length + lane.waiting).toBe(offered);
      }
      lane.setSlow(false);
      expect(passed).toEqual(Array.from({ length: offered }, (_, n) => n));
    }),
  );
});

test('while slow, an item passes only when it is asked for', () => {
  const passed: string[] = [];
  const lane = new SlowLane<string>((item) => passed.push(item));
  lane.setSlow(true);
  lane.offer('a');
  lane.offer('b');
  expect(passed).toEqual([]);
  lane.next();
  expect(passed).toEqual(['a']);
  expect(lane.waiting).toBe(1);
});
