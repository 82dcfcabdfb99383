import {
  initialMachine,
  nextWake,
  stepMachine,
  type Machine,
  type MachineEffect,
  type MachineInput,
} from '@longspan/client';
import { formatPosition, type Position, type Seq, type UserId } from '@longspan/protocol';
import type { Start } from '@longspan/delivery';
import { describe, Reading, Violation, type Reader } from './reading.ts';
import type { Process, Timer } from './simulated-clock.ts';
import type { Downward, SimulatedConnection } from './simulated-connection.ts';
import type { Surroundings } from './surroundings.ts';

/** What a client asks of the network: a connection to the edge of this number, or none if nobody is there. */
export type Dial = (client: SimulatedClient, id: number, edge: number) => SimulatedConnection | undefined;

const BACKOFF = { baseMs: 250, maxMs: 15_000 };
const REFUSED = 1006;

/** One device: the client library's real machine, with simulated time, chance and sockets, and its application. */
export class SimulatedClient {
  readonly reader: Reader;
  readonly #start: Start;
  readonly #edges: number;
  readonly #dial: Dial;
  readonly #around: Surroundings;
  readonly #process: Process = { alive: true };
  readonly #timer: Timer;
  readonly #seen = new Set<string>();
  #machine: Machine;
  #connections = new Map<number, SimulatedConnection>();
  /** What the application was told. */
  #reading: Reading | undefined;

  constructor(
    parts: { readonly reader: Reader; readonly start: Start; readonly edges: number; readonly dial: Dial },
    around: Surroundings,
  ) {
    this.reader = parts.reader;
    this.#start = parts.start;
    this.#edges = parts.edges;
    this.#dial = parts.dial;
    this.#around = around;
    this.#machine = this.#newMachine();
    this.#timer = { at: Infinity, process: this.#process, work: () => this.give({ kind: 'tick' }) };
    around.clock.set(this.#timer);
    this.give({ kind: 'connect' });
  }

  get user(): UserId {
    return this.reader.user;
  }

  has(connection: SimulatedConnection): boolean {
    return this.#connections.get(connection.id) === connection;
  }

  /** Live, alone with one edge, and with everything there is. */
  get isAtRest(): boolean {
    const { link } = this.#machine;
    if (link.kind !== 'live' || link.successor.kind !== 'none') return false;
    const connection = this.#connections.get(link.conn.id);
    if (connection?.session?.kind !== 'live' || !connection.isQuiet) return false;
    return this.#reading !== undefined && this.#reading.missing(this.#reading.at.seq).length === 0;
  }

  give(input: MachineInput): void {
    const { clock, random, trace } = this.#around;
    const before = this.#machine.link.kind;
    const { state, effects } = stepMachine(this.#machine, input, { now: clock.now, random: random.next() });
    this.#count(this.#machine, state, input);
    this.#machine = state;
    if (trace !== undefined && (before !== state.link.kind || effects.length > 0)) {
      const did = effects.map(({ kind }) => kind).join(' ');
      trace(`${this.reader.name} of ${this.user} ${before} + ${input.kind} -> ${state.link.kind}: ${did}`);
    }
    for (const effect of effects) this.#run(effect);
    this.#timer.at = nextWake(this.#machine) ?? Infinity;
  }

  /** The application's process dies and comes back with the position that it saved. */
  restart(): void {
    this.#around.coverage.restarts++;
    for (const connection of this.#connections.values()) connection.dropByClient(true);
    this.#connections.clear();
    this.#machine = this.#newMachine();
    this.give({ kind: 'connect' });
  }

  receive(connection: SimulatedConnection): void {
    const next = connection.takeForClient();
    if (next === undefined) return;
    this.#receive(connection.id, next);
  }

  checkAtRest(): void {
    const { link } = this.#machine;
    if (!this.isAtRest && this.#reading === undefined)
      throw this.#violation(`${link.kind}, was never welcomed`);
    const main = link.kind === 'live' ? this.#connections.get(link.conn.id) : undefined;
    if (main === undefined) throw this.#violation(`rests ${link.kind}, not live`);
    if (main.session?.kind !== 'live')
      throw this.#violation(`rests with a session ${main.session?.kind ?? 'gone'}`);
    main.witness?.checkAtRest();
    this.#reading?.checkAtRest(main.witness?.isWarned === true);
  }

  #receive(id: number, next: Downward): void {
    switch (next.type) {
      case 'opened':
        return this.give({ kind: 'opened', id });
      case 'frame':
        return this.give({ kind: 'frame', id, frame: next.frame });
      case 'entries':
        for (const { seq, prev, payload } of next.entries) {
          const event = this.reader.stream.eventOf(payload);
          if (event !== undefined) {
            this.give({ kind: 'entry', id, entry: { seq, prev, event: event.cloudEvent } });
          }
        }
        return;
      default:
        this.#connections.delete(id);
        return this.give({ kind: 'lost', id, code: next.code });
    }
  }

  #run(effect: MachineEffect): void {
    switch (effect.kind) {
      case 'prepare':
        return this.#prepare(effect.id);
      case 'open':
        return this.#open(effect.id, Number(effect.url));
      case 'transmit': {
        const start = this.#machine.position ?? this.#start;
        return this.#connections.get(effect.id)?.transmit(effect.frame, start);
      }
      case 'drop': {
        const connection = this.#connections.get(effect.id);
        this.#connections.delete(effect.id);
        return connection?.dropByClient(effect.how === 'close' || this.#around.random.chance(0.5));
      }
      case 'deliver':
        return this.#deliver(effect.event.id, effect.meta.position, effect.meta.prev);
      case 'gap':
        this.#around.trace?.(
          `${this.reader.name} is told a gap ${describe(effect.from)} ${describe(effect.to)}`,
        );
        return this.#reading?.gap(effect.from, effect.to, effect.reason);
      case 'save':
        return this.#save(effect.position);
      case 'caught_up':
        return this.#reading?.caughtUp(this.#caughtUpAt());
      case 'report':
        return this.#onReport(effect.code, effect.message);
      default:
    }
  }

  #prepare(id: number): void {
    this.#around.later(this.#process, `${this.reader.name} has a token`, () => {
      this.give(
        this.#around.random.chance(this.#around.faults.readFailure)
          ? { kind: 'prepare_failed', id, cause: undefined }
          : {
              kind: 'prepared',
              id,
              token: 't',
              user: this.user,
              renewAt: undefined,
              stored: this.#reading?.at,
            },
      );
    });
  }

  #open(id: number, edge: number): void {
    this.#around.coverage.connections++;
    this.#reading?.resume();
    const connection = this.#dial(this, id, edge);
    if (connection !== undefined) {
      this.#connections.set(id, connection);
      return;
    }
    const { later } = this.#around;
    later(this.#process, `${this.reader.name} is refused`, () =>
      this.give({ kind: 'lost', id, code: REFUSED }),
    );
  }

  #deliver(id: string, position: Position, prev: number): void {
    const reading = this.#reading;
    const event = this.reader.stream.eventById(id);
    if (reading === undefined || event === undefined) throw this.#violation(`was called back with ${id}`);
    if (this.#seen.has(id)) throw this.#violation(`was called back with ${id} twice`);
    if (position.epoch !== reading.at.epoch)
      throw this.#violation(`passed into ${describe(position)} unawares`);
    reading.entry(event, position.seq, prev as Position['seq']);
    this.#seen.add(id);
    this.#around.coverage.delivered++;
  }

  #save(position: Position): void {
    this.#reading ??= new Reading(this.reader, position, this.#start);
    const { at } = this.#reading;
    if (describe(at) !== describe(position)) {
      throw this.#violation(`saves ${describe(position)}, has had up to ${describe(at)}`);
    }
  }

  #count(before: Machine, after: Machine, { kind }: MachineInput): void {
    const { coverage } = this.#around;
    coverage.repeatsDropped += after.stats.overlaps - before.stats.overlaps;
    const from = connectedTo(before);
    if (from === undefined) return;
    const to = connectedTo(after);
    if (kind === 'tick' && to === undefined) coverage.silences++;
    if (kind === 'frame' && to !== undefined && to !== from) coverage.takeovers++;
  }

  /** When the edge said so, not when it was heard. */
  #caughtUpAt(): Seq {
    const connection = this.#connections.get(connectedTo(this.#machine) ?? -1);
    const said = connection?.witness?.caughtUpAt;
    if (said === undefined) throw this.#violation('is caught up, which nobody has said');
    return said;
  }

  #onReport(code: string, message: string): void {
    // The edge finds what is missing at the tail within seconds (G9), long before the client's own defence does.
    if (code === 'tail_lost' && this.#around.isCalm) throw this.#violation(`lost the tail: ${message}`);
    if (code === 'chain_broken') throw this.#violation(`found a broken chain: ${message}`);
  }

  #newMachine(): Machine {
    const { random } = this.#around;
    return initialMachine({
      urls: Array.from({ length: this.#edges }, (_, edge) => String(edge)),
      firstUrl: random.below(this.#edges),
      from: typeof this.#start === 'object' ? formatPosition(this.#start) : this.#start,
      client: 'simulated',
      backoff: BACKOFF,
      renewable: true,
    });
  }

  #violation(what: string): Violation {
    return new Violation(`${this.reader.name} of ${this.user} ${what}`);
  }
}

function connectedTo({ link }: Machine): number | undefined {
  return link.kind === 'live' || link.kind === 'replaying' ? link.conn.id : undefined;
}
