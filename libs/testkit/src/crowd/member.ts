import { setTimeout as sleep } from 'node:timers/promises';
import type { SentCommand } from '../audit/logs.ts';
import { RecordedClient } from '../bridge/recorded-client.ts';
import type { Random } from '../random.ts';
import type { RawClient } from '../raw-client.ts';
import type { Watchdog } from '../threads/watchdog.ts';
import type { Comings } from './crowd-plan.ts';

/** No device does two things within this time, in milliseconds. */
const SHORTEST_MS = 20;
/** A device that misses an event is for the audit to name, not for a timeout; but somebody must end the wait. */
const SEEN_WITHIN_MS = 60_000;
const WAYS = ['cut', 'leave', 'replace'] as const;

export interface MemberParts {
  readonly device: RecordedClient | RawClient;
  readonly random: Random;
  readonly watchdog: Watchdog;
}

/** One device of a crowd: it is there, goes in one way or another, and comes back, at times that its chance decides. */
export class Member {
  readonly device: RecordedClient | RawClient;
  readonly #random: Random;
  readonly #watchdog: Watchdog;
  readonly #commands: SentCommand[] = [];
  #goings = 0;

  constructor({ device, random, watchdog }: MemberParts) {
    this.device = device;
    this.#random = random;
    this.#watchdog = watchdog;
  }

  /** How often it has given up its connection. */
  get goings(): number {
    return this.#goings;
  }

  get commands(): readonly SentCommand[] {
    return this.#commands;
  }

  /** Resolves when it has caught up. */
  async live(): Promise<void> {
    await this.#watched('is live', this.device.untilLive());
  }

  /** Comes and goes until the signal aborts; then it is there. */
  async comeAndGo({ presentMs, awayMs }: Comings, signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#pause(presentMs, signal);
      if (signal.aborted) return;
      this.#goings += 1;
      await this.#go(awayMs, signal);
      await this.live();
    }
  }

  /** Sends commands at this rate until the signal aborts. A device without the library sends none. */
  async sendCommands(perSecond: number, signal: AbortSignal): Promise<void> {
    const { device } = this;
    if (!(device instanceof RecordedClient)) return;
    const underWay: Promise<void>[] = [];
    for (let n = 0; ; n += 1) {
      await this.#pause(1_000 / perSecond, signal);
      if (signal.aborted) break;
      underWay.push(this.#send(device, `${device.log.client}-${n}`));
    }
    await Promise.all(underWay);
  }

  /** Resolves when its log holds all of them, or when there is no hope any more. */
  async seen(ids: readonly string[]): Promise<void> {
    await Promise.allSettled(
      ids.map((id) => this.#watched(`has seen ${id}`, this.device.untilSeen(id, SEEN_WITHIN_MS))),
    );
  }

  async #go(awayMs: number, signal: AbortSignal): Promise<void> {
    const { device } = this;
    const way = this.#random.pick(WAYS);
    if (way === 'leave') {
      await this.#watched('has left', device.leave());
      await this.#pause(awayMs, signal);
      device.comeBack();
    } else if (way === 'replace' && device instanceof RecordedClient) {
      device.client.reconnect();
    } else {
      device.cut();
    }
  }

  async #send(device: RecordedClient, id: string): Promise<void> {
    const { user } = device.log;
    const sending = device.client.send({ type: 'crowd_command', data: { owner: user } }, { id });
    const outcome = await this.#watched(`command ${id}`, sending).then(
      () => 'acknowledged' as const,
      () => 'indeterminate' as const,
    );
    this.#commands.push({ user, id, outcome });
  }

  #watched<T>(what: string, promise: Promise<T>): Promise<T> {
    return this.#watchdog.watch(`${this.device.log.client}: ${what}`, promise);
  }

  /** Waits for a random time with this mean, at most five times as long, or until the signal aborts. */
  async #pause(meanMs: number, signal: AbortSignal): Promise<void> {
    const ms = Math.max(SHORTEST_MS, Math.min(5, -Math.log(1 - this.#random.next())) * meanMs);
    await sleep(ms, undefined, { signal }).catch(() => undefined);
  }
}
