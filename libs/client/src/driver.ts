import { decodeDown, SUBPROTOCOL, type CloudEvent } from '@longspan/protocol';
import type { Environment } from './environment/environment.ts';
import type { Effect, EntryMeta, Outcome } from './machine/effect.ts';
import type { Input } from './machine/input.ts';
import type { Machine } from './machine/state.ts';
import { step } from './machine/step.ts';
import { nextWake } from './machine/timing.ts';
import { attach, socketUrl, type Attached, type SocketConstructor } from './socket.ts';

/** What the driver leaves to the client. */
export interface DriverOwner {
  readonly prepare: (effect: Extract<Effect, { kind: 'prepare' }>) => void;
  readonly renew: () => void;
  readonly deliver: (event: CloudEvent, meta: EntryMeta) => void;
  readonly save: (effect: Extract<Effect, { kind: 'save' }>) => void;
  readonly settle: (id: string, outcome: Outcome) => void;
  readonly tell: (effect: Extract<Effect, { kind: 'gap' | 'caught_up' | 'ping' | 'report' }>) => void;
  /** The machine may have changed; its effects are about to run. */
  readonly changed: (machine: Machine) => void;
}

/**
 * Runs the machine: feeds it what sockets and timers say, and does what it asks for. Inputs that arise while effects
 * run - a handler that calls `send` or `close` - wait their turn; each is stepped with all its effects before the next.
 */
export class Driver {
  #machine: Machine;
  #stepping = false;
  #timer: { readonly at: number; readonly stop: () => void } | undefined;
  readonly #inputs: Input[] = [];
  readonly #sockets = new Map<number, Attached>();
  readonly #environment: Environment;
  readonly #Socket: SocketConstructor;
  readonly #owner: DriverOwner;

  constructor(machine: Machine, environment: Environment, Socket: SocketConstructor, owner: DriverOwner) {
    this.#machine = machine;
    this.#environment = environment;
    this.#Socket = Socket;
    this.#owner = owner;
  }

  get machine(): Machine {
    return this.#machine;
  }

  dispatch(input: Input): void {
    this.#feed(input);
    this.#arm();
  }

  #feed(input: Input): void {
    this.#inputs.push(input);
    if (this.#stepping) return;
    this.#stepping = true;
    try {
      for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) this.#step(next);
    } finally {
      this.#stepping = false;
    }
  }

  #step(input: Input): void {
    const { now, random } = this.#environment;
    const { state, effects } = step(this.#machine, input, { now: now(), random: random() });
    this.#machine = state;
    this.#owner.changed(state);
    for (const effect of effects) this.#run(effect);
  }

  #run(effect: Effect): void {
    switch (effect.kind) {
      case 'prepare':
        return this.#owner.prepare(effect);
      case 'renew':
        return this.#owner.renew();
      case 'open':
        return this.#open(effect.id, effect.url);
      case 'transmit':
        return this.#sockets.get(effect.id)?.send(JSON.stringify(effect.frame));
      case 'drop':
        return this.#drop(effect.id, effect.how);
      case 'deliver':
        return this.#owner.deliver(effect.event, effect.meta);
      case 'save':
        return this.#owner.save(effect);
      case 'settle':
        return this.#owner.settle(effect.id, effect.outcome);
      default:
        return this.#owner.tell(effect);
    }
  }

  #open(id: number, url: string): void {
    const owner = {
      opened: () => this.dispatch({ kind: 'opened', id }),
      message: (data: unknown) => this.#receive(id, data),
      closed: (code: number) => {
        this.#sockets.delete(id);
        this.dispatch({ kind: 'lost', id, code });
      },
    };
    this.#sockets.set(id, attach(new this.#Socket(socketUrl(url), SUBPROTOCOL), owner));
  }

  #receive(id: number, data: unknown): void {
    const frame = typeof data === 'string' ? decodeDown(data) : undefined;
    // What is not understood is for a later version; if it was an event, the chain will show that it is missing.
    if (frame === undefined) return;
    if (frame.type !== 'events') return this.dispatch({ kind: 'frame', id, frame });
    for (const entry of frame.events) this.#feed({ kind: 'entry', id, entry });
    this.#arm();
  }

  #drop(id: number, how: 'close' | 'cut'): void {
    const socket = this.#sockets.get(id);
    this.#sockets.delete(id);
    socket?.drop(how);
  }

  /** One timer, for the next thing that is due. One that fires early finds nothing to do, and is set again. */
  #arm(): void {
    const at = nextWake(this.#machine);
    if (at === undefined) return this.#disarm();
    if (this.#timer !== undefined && this.#timer.at <= at) return;
    this.#disarm();
    const stop = this.#environment.after(at - this.#environment.now(), () => {
      this.#timer = undefined;
      this.dispatch({ kind: 'tick' });
    });
    this.#timer = { at, stop };
  }

  #disarm(): void {
    this.#timer?.stop();
    this.#timer = undefined;
  }
}
