import type { Random } from '../random.ts';
import { FaultProxy } from './fault-proxy.ts';
import { impairmentOf, type NetworkProfile } from './profiles.ts';

/** A moving device's way to a server: one address to connect to, over whatever network it is in. */
export class MobilePath implements AsyncDisposable {
  readonly #proxy: FaultProxy;

  private constructor(proxy: FaultProxy) {
    this.#proxy = proxy;
  }

  /** @param targetPort the server's port on 127.0.0.1. */
  static async open(targetPort: number, profile: NetworkProfile, random: Random): Promise<MobilePath> {
    const impairment = impairmentOf(profile);
    return new MobilePath(await FaultProxy.listen(() => targetPort, { impairment, random }));
  }

  /** The port on 127.0.0.1 that the device connects to, in every network. */
  get port(): number {
    return this.#proxy.port;
  }

  /** Connections that the device has opened so far. */
  get opened(): number {
    return this.#proxy.accepted;
  }

  /** The device gets another address: its old connections are dark for good, and new ones go over the new network. */
  handover(profile: NetworkProfile): void {
    this.#proxy.strand();
    this.#proxy.impair(impairmentOf(profile));
  }

  /** No signal: nothing passes. What was sent arrives after `leaveTunnel`, if anyone still waits for it. */
  enterTunnel(): void {
    this.#proxy.blackhole();
  }

  leaveTunnel(): void {
    this.#proxy.restore();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#proxy[Symbol.asyncDispose]();
  }
}
