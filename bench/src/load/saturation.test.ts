import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { EventPublisher } from '../systems/clients.ts';
import { now } from './clock.ts';
import { Outlet } from './outlet.ts';
import { saturate } from './saturation.ts';

/** A system in memory: it acknowledges at once and delivers to each device after a while. */
class MemorySystem implements EventPublisher {
  arrived = 0;
  published = 0;
  mostOnTheirWay = 0;
  readonly #devices: number;
  readonly #delayMs: number;

  constructor(devices: number, delayMs: number) {
    this.#devices = devices;
    this.#delayMs = delayMs;
  }

  publish(_user: string, _event: unknown, settled: () => void): void {
    this.published += 1;
    this.mostOnTheirWay = Math.max(this.mostOnTheirWay, this.published - this.arrived / this.#devices);
    setImmediate(settled);
    void sleep(this.#delayMs, undefined, { ref: false }).then(() => (this.arrived += this.#devices));
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

const load = (system: MemorySystem, devices: number) => ({
  outlet: new Outlet(system, { attended: 5, idle: 0, idleShare: 0, devices }, 64, 1),
  arrived: () => system.arrived,
  window: 40,
  startMs: now(),
  warmMs: 50,
  lengthMs: 1_000,
});

test('no more events are on their way than the window allows, from the publish to the last device', async () => {
  // Goal: a system whose acknowledgements run ahead of its deliveries gains nothing. Method: one that delivers to three devices some
  // milliseconds after it has acknowledged.
  const system = new MemorySystem(3, 10);
  const eventsPerSecond = await saturate(load(system, 3));
  expect(system.mostOnTheirWay).toBe(40);
  expect(eventsPerSecond).toBeGreaterThan(0);
});

test('where nobody listens, acknowledged events count', async () => {
  // Goal: JetStream alone can be measured by the same loop. Method: no devices, and nothing that is ever delivered.
  const system = new MemorySystem(1, 3_600_000);
  const eventsPerSecond = await saturate(load(system, 0));
  expect(eventsPerSecond).toBeGreaterThan(0);
  expect(system.published).toBeGreaterThan(40);
});
