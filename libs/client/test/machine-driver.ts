import type { DeliveredEvent } from '@longspan/protocol';
import type { Effect } from '../src/machine/effect.ts';
import type { Input, SingleFrame } from '../src/machine/input.ts';
import { initialMachine, type Machine, type MachineConfig } from '../src/machine/state.ts';
import { step } from '../src/machine/step.ts';
import { testEvent } from './hand-driven-edge.ts';

/** A machine under a clock and a source of chance that the test holds. */
export class MachineDriver {
  now = 1_000_000;
  random = 0.5;
  machine: Machine;
  readonly effects: Effect[] = [];

  constructor(config: Partial<MachineConfig> = {}) {
    this.machine = initialMachine({
      urls: ['http://a', 'http://b'],
      firstUrl: 0,
      from: 'latest',
      client: 'test',
      backoff: { baseMs: 200, maxMs: 5_000 },
      renewable: true,
      ...config,
    });
  }

  /** Steps, and returns the new effects. */
  step(input: Input): readonly Effect[] {
    const { state, effects } = step(this.machine, input, { now: this.now, random: this.random });
    this.machine = state;
    this.effects.push(...effects);
    return effects;
  }

  frame(id: number, frame: SingleFrame): readonly Effect[] {
    return this.step({ kind: 'frame', id, frame });
  }

  entry(id: number, prev: number, seq: number): readonly Effect[] {
    return this.step({ kind: 'entry', id, entry: entryOf(prev, seq) });
  }

  prepared(id: number, stored?: Machine['position'], renewAt?: number): readonly Effect[] {
    return this.step({ kind: 'prepared', id, token: `token-${id}`, user: 'ada', renewAt, stored });
  }

  /** From a started attempt to the welcome. */
  welcome(id: number, position = 'e-0'): void {
    this.prepared(id);
    this.step({ kind: 'opened', id });
    this.frame(id, welcomeFrame(position));
  }

  /** From a started attempt to the live state. */
  live(id: number, position = 'e-0'): void {
    this.welcome(id, position);
    this.frame(id, { type: 'caught_up', position });
  }

  /** Lets time pass, and tells the machine. */
  pass(ms: number): readonly Effect[] {
    this.now += ms;
    return this.step({ kind: 'tick' });
  }
}

export const HEARTBEAT_MS = 10_000;

export function welcomeFrame(position: string, user = 'ada'): SingleFrame {
  const limits = { frameBytes: 1_000, eventBytes: 500, sendsPerSecond: 50, sendsInFlight: 16 };
  return { type: 'welcome', session: 's', edge: 'x', user, position, heartbeatMs: HEARTBEAT_MS, limits };
}

export function entryOf(prev: number, seq: number): DeliveredEvent {
  return { prev, seq, event: testEvent(seq) };
}

/** What of the effects a test of the table looks at. */
export function kindsOf(effects: readonly Effect[]): string {
  return effects.map((effect) => (effect.kind === 'transmit' ? effect.frame.type : effect.kind)).join(' ');
}
