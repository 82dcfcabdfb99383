import { unreachable, type Position, type Seq } from '@longspan/protocol';
import { entryBytes, type Entry } from '../entry.ts';
import {
  newSession,
  stepSession,
  type Session,
  type SessionEffect,
  type SessionInput,
  type Start,
} from '../session.ts';
import { readPage, shown, type FeedModel } from './feed-model.ts';
import type { Surroundings } from './surroundings.ts';

/** What a client is told. */
export type Frame = Exclude<SessionEffect, { readonly type: 'read' }>;

const FRAME_BYTES = 64;

/** Runs one session on an edge, as the edge's shell does, and holds what its socket has not sent yet. */
export class SessionModel {
  readonly name: string;
  /** The first round that counts for this session is the first that starts after it came. */
  readonly since: number;
  readonly feed: FeedModel;
  readonly #around: Surroundings;
  #session: Session;
  #outbox: Frame[] = [];
  #waitingBytes = 0;
  #closed = false;

  constructor(name: string, since: number, feed: FeedModel, start: Start, around: Surroundings) {
    this.name = name;
    this.since = since;
    this.feed = feed;
    this.#around = around;
    this.#session = newSession(start);
  }

  get kind(): Session['kind'] {
    return this.#session.kind;
  }

  get waitsForRound(): boolean {
    const session = this.#session;
    return session.kind === 'joining' || (session.kind !== 'live' && !session.progress.synced);
  }

  get canSend(): boolean {
    return this.#outbox.length > 0;
  }

  toString(): string {
    const at = this.#session.kind === 'joining' ? '' : ` ${this.#session.at}`;
    return `session ${this.name} ${this.#session.kind}${at}`;
  }

  live(entries: readonly Entry[]): void {
    this.input({ type: 'live', entries, waitingBytes: this.#waitingBytes });
  }

  input(input: SessionInput): void {
    if (this.#closed) return;
    const before = this.toString();
    const { session, effects } = stepSession(this.#session, input, this.#around.limits);
    this.#session = session;
    this.#around.trace(() => `${before} + ${shown(input)} -> ${this}: ${effects.map(shown).join(' ')}`);
    for (const effect of effects) this.#run(effect);
  }

  /** The socket takes the next frame. */
  send(): Frame | undefined {
    const frame = this.#outbox.shift();
    if (frame !== undefined) this.#waitingBytes -= bytesOf(frame);
    if (this.#session.kind === 'lagging' && this.#waitingBytes <= this.#around.limits.bytesLow) {
      this.input({ type: 'drained' });
    }
    return frame;
  }

  close(): void {
    this.#closed = true;
    this.#outbox = [];
  }

  #run(effect: SessionEffect): void {
    switch (effect.type) {
      case 'read':
        return this.#read(effect.read, effect.from);
      case 'welcome':
      case 'entries':
      case 'gap':
      case 'caught_up':
      case 'not_caught_up':
        this.#outbox.push(effect);
        this.#waitingBytes += bytesOf(effect);
        return;
      default:
        return unreachable(effect);
    }
  }

  #read(read: number, from: Seq): void {
    readPage(this.#around, this.feed.user, from, (page) => {
      if (page === undefined) return this.input({ type: 'read_failed', read });
      this.input({ type: 'page', read, page, feed: this.feed.view(), waitingBytes: this.#waitingBytes });
    });
  }
}

function bytesOf(frame: Frame): number {
  return frame.type === 'entries'
    ? frame.entries.reduce((sum, entry) => sum + entryBytes(entry), 0)
    : FRAME_BYTES;
}

export function describe({ epoch, seq }: Position): string {
  return `${epoch}-${seq}`;
}
