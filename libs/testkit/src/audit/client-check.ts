import { Coverage } from './coverage.ts';
import type { Found } from './faults.ts';
import type { ClientLog, Seen, StreamFacts } from './logs.ts';
import type { Truth } from './truth.ts';

type SeenEvent = Seen & { readonly kind: 'event' };
type SeenGap = Seen & { readonly kind: 'gap' };

/**
 * Judges what clients saw against the truth (G1 to G4), one client after the other. Which events a client has had is
 * a stamp in one column for all clients, so that many clients of many events take no set each.
 */
export class ClientChecks {
  readonly #truth: Truth;
  readonly #found: Found;
  readonly #lastSeenBy: Int32Array;
  readonly #unacknowledged = new Set<number>();
  #clients = 0;
  #delivered = 0;
  #overlaps = 0;
  #remade = false;

  constructor(truth: Truth, found: Found) {
    this.#truth = truth;
    this.#found = found;
    this.#lastSeenBy = new Int32Array(truth.size);
  }

  get clients(): number {
    return this.#clients;
  }

  /** Events that callbacks were given, over all clients. */
  get delivered(): number {
    return this.#delivered;
  }

  /** Events that a connection brought after another one had, and that a library dropped. */
  get overlaps(): number {
    return this.#overlaps;
  }

  /** Events that nobody acknowledged and that somebody got. */
  get unacknowledgedDelivered(): number {
    return this.#unacknowledged.size;
  }

  /** Whether a client was rightly told that the stream was made anew. */
  get sawRemade(): boolean {
    return this.#remade;
  }

  check(log: ClientLog): void {
    this.#clients += 1;
    const check = new ClientCheck(log, this.#clients, this.#truth, this.#found, this.#lastSeenBy);
    for (const entry of log.seen) {
      if (entry.kind === 'gap') {
        check.gap(entry);
        continue;
      }
      this.#delivered += 1;
      const event = check.event(entry);
      if (event !== undefined && this.#truth.outcomeOf(event) === 'indeterminate')
        this.#unacknowledged.add(event);
    }
    check.end();
    this.#overlaps += log.dropped?.overlaps ?? 0;
    this.#remade ||= check.sawRemade;
  }
}

/** One client. */
class ClientCheck {
  readonly #log: ClientLog;
  readonly #stamp: number;
  readonly #truth: Truth;
  readonly #found: Found;
  readonly #lastSeenBy: Int32Array;
  readonly #stream: StreamFacts | undefined;
  readonly #unknown = new Set<string>();
  #gaps = new Coverage();
  #from: number;
  #lastSeq: number;
  sawRemade = false;

  constructor(log: ClientLog, stamp: number, truth: Truth, found: Found, lastSeenBy: Int32Array) {
    this.#log = log;
    this.#stamp = stamp;
    this.#truth = truth;
    this.#found = found;
    this.#lastSeenBy = lastSeenBy;
    this.#stream = truth.streamOf(log.user);
    this.#from = log.from;
    this.#lastSeq = log.from;
  }

  /** Takes the next entry; its number, if it is an event that exists. */
  event({ seq, id }: SeenEvent): number | undefined {
    const event = this.#truth.numberOf(id);
    const fault = { client: this.#log.client, user: this.#log.user, id, seq };
    if (event === undefined) this.#found.invented.push({ ...fault, detail: 'known to nobody else' });
    else if (this.#truth.ownerOf(event) !== this.#log.user)
      this.#found.crossed.push({ ...fault, detail: `belongs to ${this.#truth.ownerOf(event)}` });
    if (event !== undefined && this.#truth.outcomeOf(event) === 'refused')
      this.#found.invented.push({ ...fault, detail: 'refused' });
    if (this.#isRepeat(event, id))
      (this.#log.wire === true ? this.#found.repeatedOnWire : this.#found.repeated).push(fault);
    else if (seq <= this.#lastSeq)
      this.#found.outOfOrder.push({ ...fault, detail: `after ${this.#lastSeq}` });
    else if (event !== undefined) this.#place(event, seq);
    this.#lastSeq = Math.max(this.#lastSeq, seq);
    return event;
  }

  gap(gap: SeenGap): void {
    const { from, to, reason } = gap;
    const why = this.#unjustified(gap);
    if (why !== undefined) {
      const detail = `${reason} from ${from} to ${to}: ${why}`;
      this.#found.unjustifiedGaps.push({ client: this.#log.client, user: this.#log.user, detail });
    } else if (reason !== 'expired') {
      // Another history: what was owed before is owed no more, and counting begins anew.
      this.sawRemade = true;
      this.#gaps = new Coverage();
      this.#from = to;
      this.#lastSeq = to;
      return;
    }
    this.#gaps.add(from, to);
    this.#lastSeq = Math.max(this.#lastSeq, to);
  }

  /**
   * What the client was owed: all that the stream holds after its start, and all that was acknowledged - the stream may
   * have discarded that since - unless it was before its start or in a gap. Where a discarded event was, its publisher
   * or another client may know; if nobody does, only a client without gaps that began at the beginning must have it.
   */
  end(): void {
    const { client, user, dropped } = this.#log;
    const owed = this.#truth.users.get(user);
    for (const event of owed?.committed ?? []) this.#demand(event, this.#truth.placeOf(event));
    for (const event of owed?.published ?? []) {
      if (this.#truth.isKept(event) || this.#truth.outcomeOf(event) !== 'acknowledged') continue;
      const seq = this.#truth.placeOf(event);
      const isOwed = seq > 0 ? !this.sawRemade : this.#gaps.isEmpty && this.#from === 0 && !this.sawRemade;
      if (isOwed) this.#demand(event, seq, 'acknowledged, no longer in the stream');
    }
    if (dropped !== undefined && dropped.repeats > 0) {
      const detail = `${dropped.repeats} events that one connection brought twice, dropped by the library`;
      this.#found.repeatedOnWire.push({ client, user, detail });
    }
  }

  #demand(event: number, seq: number, detail?: string): void {
    if (this.#lastSeenBy[event] === this.#stamp) return;
    if (seq > 0 && (seq <= this.#from || this.#gaps.has(seq))) return;
    const { client, user } = this.#log;
    const place = seq === 0 ? {} : { seq };
    const more = detail === undefined ? {} : { detail };
    this.#found.lost.push({ client, user, id: this.#truth.idOf(event), ...place, ...more });
  }

  #isRepeat(event: number | undefined, id: string): boolean {
    if (event === undefined) {
      const known = this.#unknown.has(id);
      this.#unknown.add(id);
      return known;
    }
    const known = this.#lastSeenBy[event] === this.#stamp;
    this.#lastSeenBy[event] = this.#stamp;
    return known;
  }

  /** An event must come under the sequence that it has for everybody. */
  #place(event: number, seq: number): void {
    this.#truth.sighted(event, seq);
    const place = this.#truth.placeOf(event);
    if (place === seq) return;
    const { client, user } = this.#log;
    const detail = this.#truth.isKept(event) ? `committed as ${place}` : `elsewhere ${place}`;
    this.#found.invented.push({ client, user, id: this.#truth.idOf(event), seq, detail });
  }

  /** Why nothing in the run explains the gap; undefined if something does. */
  #unjustified({ from, to, reason, epochs }: SeenGap): string | undefined {
    const stream = this.#stream;
    switch (reason) {
      case 'expired': {
        const kept = this.#truth.keptBetween(this.#log.user, from, to);
        if (kept > 0) return `over ${kept} events that are kept`;
        if (stream === undefined || from < stream.agedUpTo) return undefined;
        const held = this.#truth.users.get(this.#log.user)?.committed.length ?? 0;
        return held >= stream.keepPerUser
          ? undefined
          : `the stream keeps ${stream.keepPerUser} events of a user, holds ${held}, and none has aged away`;
      }
      case 'reset':
        if (stream === undefined || epochs === undefined)
          return 'nothing tells that the stream was made anew';
        return epochs[0] !== epochs[1] && epochs[1] === stream.epoch
          ? undefined
          : `the stream is ${stream.epoch}, told was ${epochs.join(' to ')}`;
      case 'rewound':
        return stream !== undefined && from > stream.lastSeq
          ? undefined
          : 'the position is not past the end of the stream';
      default:
        return 'no reason of the protocol';
    }
  }
}
