// Goal: whatever happens on the way, the application has every committed event once and in order (G1, G2, G3, G9).
// Method: random faults on simulated wires under a simulated clock; checked at every step, and complete after healing.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { SimulatedBridge, type Action } from '../../test/simulated-bridge.ts';
import type { Input } from './input.ts';

const conn = fc.nat({ max: 1 });
const inputs: readonly Input[] = [
  { kind: 'cut' },
  { kind: 'reconnect' },
  { kind: 'hold', reason: 'network' },
  { kind: 'release', reason: 'network' },
  { kind: 'hold', reason: 'paused' },
  { kind: 'release', reason: 'paused' },
  { kind: 'visible' },
];

const actions: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('commit' as const), skip: fc.nat({ max: 2 }) }) },
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('advance' as const), conn }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'lose' as const,
        'repeat' as const,
        'swap' as const,
        'drain' as const,
        'ping' as const,
      ),
      conn,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('kill' as const),
      conn,
      code: fc.constantFrom(1006, 1012, 1013, 4401, 4419, 4429, 4500, 4504),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      ms: fc.constantFrom(0, 50, 1_000, 5_000, 30_000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('input' as const), input: fc.constantFrom(...inputs) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'expire' } as const) },
);

test('every event is delivered once, in order, or told as a gap, whatever the wires do', () => {
  let delivered = 0;
  fc.assert(
    fc.property(fc.array(actions, { maxLength: 150, size: 'max' }), (run) => {
      const bridge = new SimulatedBridge();
      for (const action of run) bridge.act(action);
      expect(bridge.heal()).toBe(true);
      delivered += bridge.delivered;
    }),
    { numRuns: 600 },
  );
  // Were nothing ever delivered, the property would hold as well.
  expect(delivered).toBeGreaterThan(600);
});

test('an event that is lost on the way is found although none follows it (G9)', () => {
  fc.assert(
    fc.property(fc.array(actions, { maxLength: 50, size: 'max' }), (run) => {
      const bridge = new SimulatedBridge();
      for (const action of run) bridge.act(action);
      expect(bridge.heal()).toBe(true);
      bridge.act({ kind: 'commit', skip: 0 });
      for (const each of [0, 1]) bridge.act({ kind: 'lose', conn: each });
      expect(bridge.heal()).toBe(true);
    }),
  );
});

test('commands are committed in the order in which they were sent, whatever the wires do (G7)', () => {
  fc.assert(
    fc.property(fc.array(actions, { maxLength: 100, size: 'max' }), fc.nat({ max: 10 }), (run, every) => {
      const bridge = new SimulatedBridge();
      const ids: string[] = [];
      for (const [index, action] of run.entries()) {
        bridge.act(action);
        if (index % (every + 1) !== 0) continue;
        const id = `c${index}`;
        ids.push(id);
        const command = { id, event: { type: 't' }, eventBytes: 10, frameBytes: 40 };
        bridge.act({ kind: 'input', input: { kind: 'send', command } });
      }
      expect(bridge.heal()).toBe(true);
      expect(bridge.commands).toEqual(ids);
    }),
    { numRuns: 200 },
  );
});
