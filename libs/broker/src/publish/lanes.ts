import { SEQ_ZERO, type Seq } from '@longspan/protocol';
import { callsThatFit, layOut, type CallContent, type Manifest } from './group.ts';
import { batchIsFaster, batchTried, measured, PACE_AT_START, type Pace } from './pace.ts';

/*
 * Who goes next. A lane is one subject's queue; one group of its calls is under way at a time, so that calls commit in
 * order whatever happens to a group (G6). A call of one message that is alone in its lane goes as a single publish.
 * What has to be atomic, or is waiting in such number that a batch is faster, goes as a batch, and batches of several
 * lanes of one stream go together: a batch costs the server about the same whatever is in it.
 *
 *   submit ─▶ lane's queue ─▶ ready ──────── single ───────▶ group ─▶ end: the lane is ready again
 *                               └─▶ stream's waiting ─ batch ──┘
 *
 * Plain bookkeeping with the time as an input; `nats/publisher-lanes.ts` is its shell.
 */

/** The most messages in one batch: JetStream's limit. */
export const BATCH_MESSAGES_MAX = 1_000;
/** The most bytes in one batch, and so in one call: the server holds a batch in memory until its commit. */
export const BATCH_BYTES_MAX = 8 * 1024 * 1024;
/** Lanes are joined in one batch up to here. Few large batches cost a server far less than many small ones (docs/performance.md). */
const JOINED_ROOM = { messages: BATCH_MESSAGES_MAX, bytes: 1024 * 1024 };
/** The most batches of one stream under way from here, one of them on its way while the other commits: JetStream allows 50 from everybody together. */
const BATCHES_MAX = 2;
/** The most messages and bytes under way at once; the rest waits here, where it can be counted. */
const WINDOW = { messages: 4_096, bytes: 16 * 1024 * 1024 };
/** The most bytes that wait or are under way, in all and in one lane; beyond it calls are turned away. */
export const QUEUE_BYTES_MAX = 64 * 1024 * 1024;
export const LANE_BYTES_MAX = 16 * 1024 * 1024;

/** A call of which the caller has not heard yet, or has: then it only keeps its place in its group. */
export interface Call extends CallContent {
  readonly deadlineMs: number;
  settled: boolean;
}

/** What is known of a stream. */
export interface StreamFacts<C extends Call> {
  readonly name: string;
  pace: Pace;
  /** The last sequence seen committed. */
  lastSeq: Seq;
  batches: number;
  /** Lanes whose next group is a batch, in turn. */
  waiting: Lane<C>[];
}

export interface Lane<C extends Call> {
  readonly subject: string;
  readonly stream: StreamFacts<C>;
  queue: C[];
  bytes: number;
  /** So many of the next calls go alone, to find the one that the log refuses. */
  alone: number;
  group: Group<C> | undefined;
  /** It stands in a line already. */
  lined: boolean;
}

export interface Part<C extends Call> {
  readonly lane: Lane<C>;
  readonly calls: readonly C[];
}

/** Calls that commit together. */
export interface Group<C extends Call> {
  readonly number: number;
  readonly stream: StreamFacts<C>;
  readonly parts: readonly Part<C>[];
  readonly calls: readonly C[];
  readonly manifest: Manifest;
  readonly bytes: number;
  readonly startedMs: number;
}

export class Lanes<C extends Call> {
  readonly #batches: boolean;
  readonly #lanes = new Map<string, Lane<C>>();
  readonly #streams = new Map<string, StreamFacts<C>>();
  readonly #groups = new Map<number, Group<C>>();
  #ready: Lane<C>[] = [];
  #numbers = 0;
  #bytes = 0;
  #underWay = { messages: 0, bytes: 0 };

  /** @param batches whether the streams take atomic batches; without, every call is of one message. */
  constructor(batches: boolean) {
    this.#batches = batches;
  }

  get idle(): boolean {
    return this.#lanes.size === 0;
  }

  get groups(): IterableIterator<Group<C>> {
    return this.#groups.values();
  }

  groupOf(subject: string): Group<C> | undefined {
    return this.#lanes.get(subject)?.group;
  }

  hasRoomFor(subject: string, bytes: number): boolean {
    const lane = this.#lanes.get(subject);
    return this.#bytes + bytes <= QUEUE_BYTES_MAX && (lane?.bytes ?? 0) + bytes <= LANE_BYTES_MAX;
  }

  add(stream: string, subject: string, call: C): void {
    let lane = this.#lanes.get(subject);
    if (lane === undefined) {
      lane = {
        subject,
        stream: this.#stream(stream),
        queue: [],
        bytes: 0,
        alone: 0,
        group: undefined,
        lined: false,
      };
      this.#lanes.set(subject, lane);
    }
    lane.queue.push(call);
    this.#count(lane, call.bytes);
    this.#line(lane);
  }

  #stream(name: string): StreamFacts<C> {
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = { name, pace: PACE_AT_START, lastSeq: SEQ_ZERO, batches: 0, waiting: [] };
      this.#streams.set(name, stream);
    }
    return stream;
  }

  /** The groups that can set out now. */
  *next(nowMs: number): Iterable<Group<C>> {
    const ready = this.#ready;
    this.#ready = [];
    for (const [i, lane] of ready.entries()) {
      if (this.#windowIsFull()) {
        this.#ready.push(...ready.slice(i));
        break;
      }
      if (lane.queue.length === 0) lane.lined = false;
      else if (this.#goesSingly(lane, nowMs)) yield this.#start([this.#part(lane, 1)], nowMs);
      else lane.stream.waiting.push(lane);
    }
    for (const stream of this.#streams.values()) {
      while (stream.batches < BATCHES_MAX && stream.waiting.length > 0 && !this.#windowIsFull()) {
        const parts = this.#join(stream);
        if (parts.length > 0) yield this.#start(parts, nowMs);
      }
    }
  }

  /** How long the group took, if nothing disturbed it. */
  measured({ stream, manifest, startedMs }: Group<C>, nowMs: number): void {
    stream.pace = measured(stream.pace, manifest.messages.length, nowMs - startedMs);
  }

  /** A group is done with, or given up. */
  end(group: Group<C>): void {
    this.#groups.delete(group.number);
    this.#underWay.messages -= group.manifest.messages.length;
    this.#underWay.bytes -= group.bytes;
    if (isBatch(group)) group.stream.batches -= 1;
    for (const { lane, calls } of group.parts) {
      for (const call of calls) this.#count(lane, -call.bytes);
      lane.group = undefined;
      this.#line(lane);
      this.#forgetIfIdle(lane);
    }
  }

  /** A group was refused for one of its calls: each goes alone next, still in order. */
  split(group: Group<C>): void {
    for (const { lane, calls } of group.parts) {
      lane.queue.unshift(...calls);
      for (const call of calls) this.#count(lane, call.bytes);
      lane.alone = calls.length;
    }
    this.end(group);
  }

  /** Everything unsettled, waiting or under way. */
  *unsettled(): Iterable<{ readonly call: C; readonly group: Group<C> | undefined }> {
    for (const group of this.#groups.values()) {
      for (const call of group.calls) if (!call.settled) yield { call, group };
    }
    for (const { queue } of this.#lanes.values()) {
      for (const call of queue) if (!call.settled) yield { call, group: undefined };
    }
  }

  /** Forgets settled calls that wait, and gives up groups in which nobody is interested any more. */
  sweep(): void {
    for (const lane of this.#lanes.values()) {
      for (const call of lane.queue) if (call.settled) this.#count(lane, -call.bytes);
      lane.queue = lane.queue.filter((call) => !call.settled);
      this.#forgetIfIdle(lane);
    }
    for (const group of this.#groups.values()) if (group.calls.every((call) => call.settled)) this.end(group);
  }

  #goesSingly(lane: Lane<C>, nowMs: number): boolean {
    const [first] = lane.queue;
    if (first === undefined || first.messages.length > 1) return false;
    if (!this.#batches || lane.alone > 0) return true;
    let messages = 0;
    for (const call of lane.queue) messages += call.messages.length;
    return messages === 1 || !batchIsFaster(lane.stream.pace, messages, nowMs);
  }

  #join(stream: StreamFacts<C>): Part<C>[] {
    const parts: Part<C>[] = [];
    let [messages, bytes, taken] = [0, 0, 0];
    for (const lane of stream.waiting) {
      const room =
        parts.length === 0
          ? { messages: BATCH_MESSAGES_MAX, bytes: BATCH_BYTES_MAX }
          : { messages: JOINED_ROOM.messages - messages, bytes: JOINED_ROOM.bytes - bytes };
      if (lane.alone > 0 && parts.length > 0) break;
      const count = lane.alone > 0 ? 1 : callsThatFit(lane.queue, room);
      if (count === 0 && lane.queue.length > 0) break;
      taken += 1;
      lane.lined = false;
      if (count === 0) continue;
      const part = this.#part(lane, count);
      parts.push(part);
      for (const call of part.calls) {
        messages += call.messages.length;
        bytes += call.bytes;
      }
      if (lane.alone > 0) break;
    }
    stream.waiting = stream.waiting.slice(taken);
    return parts;
  }

  #part(lane: Lane<C>, count: number): Part<C> {
    lane.lined = false;
    return { lane, calls: lane.queue.splice(0, count) };
  }

  #start(parts: readonly Part<C>[], nowMs: number): Group<C> {
    const stream = parts[0]?.lane.stream;
    if (stream === undefined) throw new Error('a group without calls');
    const calls = parts.flatMap((part) => part.calls);
    const manifest = layOut(calls);
    const bytes = calls.reduce((sum, call) => sum + call.bytes, 0);
    const group: Group<C> = {
      number: ++this.#numbers,
      stream,
      parts,
      calls,
      manifest,
      bytes,
      startedMs: nowMs,
    };
    for (const { lane } of parts) {
      lane.group = group;
      if (lane.alone > 0) lane.alone -= 1;
    }
    this.#groups.set(group.number, group);
    this.#underWay.messages += manifest.messages.length;
    this.#underWay.bytes += bytes;
    if (isBatch(group)) {
      stream.batches += 1;
      stream.pace = batchTried(stream.pace, nowMs);
    }
    return group;
  }

  #windowIsFull(): boolean {
    return this.#underWay.messages >= WINDOW.messages || this.#underWay.bytes >= WINDOW.bytes;
  }

  #line(lane: Lane<C>): void {
    if (lane.lined || lane.group !== undefined || lane.queue.length === 0) return;
    lane.lined = true;
    this.#ready.push(lane);
  }

  #count(lane: Lane<C>, bytes: number): void {
    lane.bytes += bytes;
    this.#bytes += bytes;
  }

  #forgetIfIdle(lane: Lane<C>): void {
    if (lane.group === undefined && lane.queue.length === 0) this.#lanes.delete(lane.subject);
  }
}

function isBatch<C extends Call>({ manifest }: Group<C>): boolean {
  return manifest.messages.length > 1;
}
