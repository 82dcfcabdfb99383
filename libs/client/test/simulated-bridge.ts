import type { DeliveredEvent, UpFrame } from '@longspan/protocol';
import type { Effect } from '../src/machine/effect.ts';
import type { Input, SingleFrame } from '../src/machine/input.ts';
import { nextWake } from '../src/machine/timing.ts';
import { HEARTBEAT_MS, MachineDriver, entryOf, welcomeFrame } from './machine-driver.ts';

/** What can happen around a client. Connections are chosen by number, modulo how many there are. */
export type Action =
  | { readonly kind: 'commit'; readonly skip: number }
  | { readonly kind: 'expire' }
  | { readonly kind: 'advance' | 'lose' | 'repeat' | 'swap' | 'drain' | 'ping'; readonly conn: number }
  | { readonly kind: 'kill'; readonly conn: number; readonly code: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'input'; readonly input: Input };

type Packet = { readonly entry: DeliveredEvent } | { readonly frame: SingleFrame };

interface Wire {
  stage: 'preparing' | 'opening' | 'open';
  /** On the way to the client, in order. */
  readonly packets: Packet[];
  isWelcome: boolean;
}

/**
 * A client's machine between a log and edges that serve it, over wires that lose, repeat and swap events and break at
 * any moment, under a clock of its own. It checks at every step that the application has had exactly what was
 * committed up to the client's position, in order, except what was told as a gap.
 */
export class SimulatedBridge {
  readonly driver = new MachineDriver();
  readonly #log: number[] = [];
  readonly #wires = new Map<number, Wire>();
  readonly #commands: string[] = [];
  #expired = 0;
  /** Everything up to here was delivered or told. */
  #told = 0;
  #delivered = 0;

  constructor() {
    this.#give({ kind: 'connect' });
  }

  get delivered(): number {
    return this.#delivered;
  }

  /** Commands in the order of their first commit. */
  get commands(): readonly string[] {
    return this.#commands;
  }

  get isComplete(): boolean {
    const { link, sends } = this.driver.machine;
    return link.kind === 'live' && sends.queue.length === 0 && this.#told >= (this.#log.at(-1) ?? 0);
  }

  act(action: Action): void {
    switch (action.kind) {
      case 'commit':
        return this.#commit(action.skip);
      case 'expire':
        this.#expired = this.#log[this.#log.length >> 1] ?? 0;
        return;
      case 'pass':
        this.driver.now += action.ms;
        return this.#give({ kind: 'tick' });
      case 'input':
        return this.#give(action.input);
      case 'kill':
        return this.#kill(action.conn, action.code);
      default:
        return this.#onWire(action.kind, action.conn);
    }
  }

  /** From now on nothing breaks: true if the client then comes to have everything. */
  heal(): boolean {
    this.#give({ kind: 'release', reason: 'network' });
    this.#give({ kind: 'release', reason: 'paused' });
    for (let round = 0; round < 200 && !this.isComplete; round += 1) {
      while ([...this.#wires.keys()].some((id) => this.#advance(id)));
      const wakeAt = Math.min(nextWake(this.driver.machine) ?? Infinity, this.driver.now + HEARTBEAT_MS);
      this.driver.now = Math.max(this.driver.now, wakeAt);
      for (const id of this.#wires.keys()) this.#ping(id);
      this.#give({ kind: 'tick' });
    }
    return this.isComplete;
  }

  #commit(skip: number): void {
    const prev = this.#log.at(-1) ?? 0;
    const entry = entryOf(prev, prev + 1 + skip);
    this.#log.push(entry.seq);
    for (const wire of this.#wires.values()) if (wire.isWelcome) wire.packets.push({ entry });
  }

  #onWire(kind: 'advance' | 'lose' | 'repeat' | 'swap' | 'drain' | 'ping', conn: number): void {
    const id = this.#pick(conn);
    const wire = id === undefined ? undefined : this.#wires.get(id);
    if (id === undefined || wire === undefined) return;
    if (kind === 'advance') this.#advance(id);
    else if (kind === 'ping') this.#ping(id);
    else if (kind === 'drain') {
      if (wire.isWelcome) wire.packets.push({ frame: { type: 'drain', reconnectWithinMs: 5_000 } });
    } else this.#spoil(kind, wire);
  }

  #spoil(kind: 'lose' | 'repeat' | 'swap', wire: Wire): void {
    const index = wire.packets.findIndex((packet) => 'entry' in packet);
    const [first, second] = [wire.packets[index], wire.packets[index + 1]];
    if (first === undefined) return;
    if (kind === 'lose') wire.packets.splice(index, 1);
    else if (kind === 'repeat') wire.packets.splice(index, 0, first);
    else if (second !== undefined && 'entry' in second) wire.packets.splice(index, 2, second, first);
  }

  #kill(conn: number, code: number): void {
    const id = this.#pick(conn);
    if (id === undefined || this.#wires.get(id)?.stage === 'preparing') return;
    this.#wires.delete(id);
    this.#give({ kind: 'lost', id, code });
  }

  #pick(conn: number): number | undefined {
    return [...this.#wires.keys()][conn % Math.max(1, this.#wires.size)];
  }

  /** The next thing happens on a connection; false if nothing is due there. */
  #advance(id: number): boolean {
    const wire = this.#wires.get(id);
    if (wire === undefined) return false;
    if (wire.stage === 'preparing') {
      this.#give({ kind: 'prepared', id, token: 't', user: 'ada', renewAt: undefined, stored: undefined });
      return true;
    }
    if (wire.stage === 'opening') {
      wire.stage = 'open';
      this.#give({ kind: 'opened', id });
      return true;
    }
    const packet = wire.packets.shift();
    if (packet === undefined) return false;
    this.#give(
      'entry' in packet
        ? { kind: 'entry', id, entry: packet.entry }
        : { kind: 'frame', id, frame: packet.frame },
    );
    return true;
  }

  #ping(id: number): void {
    const wire = this.#wires.get(id);
    if (wire?.isWelcome !== true) return;
    wire.packets.push({ frame: { type: 'ping', position: `e-${this.#log.at(-1) ?? 0}` } });
  }

  #give(input: Input): void {
    for (const effect of this.driver.step(input)) this.#take(effect);
  }

  #take(effect: Effect): void {
    switch (effect.kind) {
      case 'prepare':
        this.#wires.set(effect.id, { stage: 'preparing', packets: [], isWelcome: false });
        return;
      case 'open': {
        const wire = this.#wires.get(effect.id);
        if (wire !== undefined) wire.stage = 'opening';
        return;
      }
      case 'drop':
        this.#wires.delete(effect.id);
        return;
      case 'transmit':
        return this.#serve(effect.id, effect.frame);
      case 'deliver':
        this.#delivered += 1;
        return this.#check(effect.meta.position.seq, this.#told, true);
      case 'gap':
        return this.#check(effect.to.seq, effect.to.seq, false);
      default:
        return;
    }
  }

  /** What an honest edge answers. */
  #serve(id: number, frame: UpFrame): void {
    const wire = this.#wires.get(id);
    if (wire === undefined) throw new Error(`a frame on a connection that is not there: ${frame.type}`);
    if (frame.type === 'connect') this.#replay(wire, frame.from ?? 'latest');
    if (frame.type === 'send') {
      const duplicate = this.#commands.includes(frame.id);
      if (!duplicate) this.#commands.push(frame.id);
      wire.packets.push({ frame: { type: 'sent', id: frame.id, position: 'c-1', duplicate } });
    }
  }

  #replay(wire: Wire, from: string): void {
    const head = this.#log.at(-1) ?? 0;
    const asked = from === 'latest' ? head : Number(from.slice(2));
    if (from === 'latest') this.#told = head;
    wire.isWelcome = true;
    wire.packets.push({ frame: welcomeFrame(`e-${asked}`) });
    const isGone = this.#log.some((seq) => seq > asked && seq <= this.#expired);
    if (isGone) {
      const to = `e-${this.#expired}`;
      wire.packets.push({ frame: { type: 'gap', from: `e-${asked}`, to, reason: 'expired' } });
    }
    const start = isGone ? this.#expired : asked;
    let prev = this.#log.findLast((seq) => seq <= start) ?? 0;
    for (const seq of this.#log.filter((each) => each > start)) {
      wire.packets.push({ entry: entryOf(prev, seq) });
      prev = seq;
    }
    wire.packets.push({ frame: { type: 'caught_up', position: `e-${Math.max(start, head)}` } });
  }

  /** The application was told of everything up to `seq`; all but the last must have been told before. */
  #check(seq: number, from: number, isEvent: boolean): void {
    if (seq <= this.#told) throw new Error(`${seq} came after ${this.#told}: out of order, or twice`);
    const missing = this.#log.find((each) => each > from && each < seq);
    if (isEvent && missing !== undefined) throw new Error(`${seq} came without ${missing}`);
    if (isEvent && !this.#log.includes(seq)) throw new Error(`${seq} was never committed`);
    this.#told = seq;
  }
}
