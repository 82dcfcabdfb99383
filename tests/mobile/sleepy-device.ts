import { eventually, OwnedProcess, type Audience, type ClientLog, type Seen } from '@longspan/testkit';
import { join } from 'node:path';
import type { DeviceOrders, DeviceReport } from './device.ts';

/** A device that can sleep, and what it has reported. */
export class SleepyDevice implements Audience {
  readonly #user: string;
  readonly #seen: Seen[] = [];
  readonly #process: OwnedProcess;
  #tokens = 0;
  #timesLive = 0;

  constructor(orders: DeviceOrders) {
    this.#user = orders.user;
    this.#process = new OwnedProcess({
      command: process.execPath,
      args: [join(import.meta.dirname, 'device.ts'), JSON.stringify(orders)],
      onLine: (line) => this.#take(JSON.parse(line)),
    });
  }

  get log(): ClientLog {
    return { client: `device of ${this.#user}`, user: this.#user, from: 0, seen: this.#seen };
  }

  get seen(): readonly Seen[] {
    return this.#seen;
  }

  /** How often it has asked for a token. */
  get tokens(): number {
    return this.#tokens;
  }

  /** How often it has caught up on a new connection. */
  get timesLive(): number {
    return this.#timesLive;
  }

  /** Everything stands still but its clock; the system keeps its connections open. */
  sleep(): void {
    this.#process.signal('SIGSTOP');
  }

  wake(): void {
    this.#process.signal('SIGCONT');
  }

  async untilLive(times = 1): Promise<void> {
    await eventually(`${this.log.client} has caught up`, () => this.#timesLive >= times);
  }

  async untilSeen(id: string, timeoutMs?: number): Promise<void> {
    const has = () => this.#seen.some((entry) => entry.kind === 'event' && entry.id === id);
    await eventually(`${this.log.client} has seen ${id}:\n${this.#process.log}`, has, timeoutMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.end('SIGKILL');
  }

  #take(report: DeviceReport): void {
    switch (report.kind) {
      case 'token':
        this.#tokens += 1;
        return;
      case 'live':
        this.#timesLive += 1;
        return;
      case 'event':
        this.#seen.push(report);
        return;
      case 'gap': {
        const [from, to] = [seqOf(report.from), seqOf(report.to)];
        this.#seen.push({ kind: 'gap', from, to, reason: report.reason });
      }
    }
  }
}

function seqOf(position: string): number {
  return Number(position.slice(position.indexOf('-') + 1));
}
