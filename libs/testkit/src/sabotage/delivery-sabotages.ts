import type { Sabotage } from './sabotage.ts';

const SESSION_HOST = 'libs/delivery/src/host/session-host.ts';
const SESSION = 'libs/delivery/src/session.ts';
const FEED = 'libs/delivery/src/feed.ts';
const ROUND = 'libs/delivery/src/round.ts';
const ENTRIES = 'return this.#wire.entries(effect.entries, effect.how);';

/** Defects of what is delivered to whom. */
export const DELIVERY_SABOTAGES = {
  'drops-one-event': {
    does: 'drops the fifth event of each session',
    breaks: 'G2',
    edits: [
      {
        file: SESSION_HOST,
        find: ENTRIES,
        put: 'return this.#wire.entries(effect.entries.filter(() => (this.n = (this.n ?? 0) + 1) !== 5), effect.how);',
      },
    ],
  },
  'drops-one-event-and-mends-the-chain': {
    does: 'drops the fifth event of each session and lets the sixth follow the fourth',
    breaks: 'G2',
    edits: [
      {
        file: SESSION_HOST,
        find: ENTRIES,
        put: `return this.#wire.entries(effect.entries.flatMap((entry) => {
          this.n = (this.n ?? 0) + 1;
          if (this.n === 5) this.dropped = entry;
          return this.n === 5 ? [] : this.n === 6 ? [{ ...entry, prev: this.dropped.prev }] : [entry];
        }), effect.how);`,
      },
    ],
  },
  'drops-only-the-last-event': {
    does: 'hands each event on when the next one comes, so that only the last is missing',
    breaks: 'G9',
    edits: [
      {
        file: SESSION_HOST,
        find: ENTRIES,
        put: `const all = [...(this.held ?? []), ...effect.entries];
        this.held = all.splice(-1);
        return this.#wire.entries(all, effect.how);`,
      },
    ],
  },
  'repeats-one-event': {
    does: 'sends the fifth event of each session twice',
    breaks: 'G3',
    edits: [
      {
        file: SESSION_HOST,
        find: ENTRIES,
        put: `return this.#wire.entries(effect.entries.flatMap((entry) =>
          (this.n = (this.n ?? 0) + 1) === 5 ? [entry, entry] : [entry]), effect.how);`,
      },
    ],
  },
  'swaps-two-events': {
    does: 'swaps the first two events of a frame',
    breaks: 'G1',
    edits: [
      {
        file: SESSION_HOST,
        find: ENTRIES,
        put: `const [first, second, ...others] = effect.entries;
        return this.#wire.entries(second === undefined ? [first] : [second, first, ...others], effect.how);`,
      },
    ],
  },
  'crosses-two-users': {
    does: "attaches a session to the feed of the edge's first user",
    breaks: 'G4',
    edits: [
      {
        file: 'libs/delivery/src/host/hub.ts',
        find: 'const feed = this.#feedOf(user);',
        put: 'const feed = this.#feedOf([...this.#feeds.keys()][0] ?? user);',
      },
    ],
  },
  'forgets-the-chain-check': {
    does: 'hands live events on without looking at their predecessors',
    breaks: 'G2',
    edits: [
      { file: FEED, find: 'if (event.prev > feed.delivered) return', put: 'if (false) return' },
      { file: FEED, find: 'if (event.prev > delivered) {', put: 'if (false) {' },
      { file: SESSION, find: 'if (next.prev > session.at) return', put: 'if (false) return' },
    ],
  },
  'checks-no-tail': {
    does: 'has no periodic sync round',
    breaks: 'G9',
    edits: [
      {
        file: 'libs/delivery/src/host/hub.ts',
        find: 'this.#timer = scheduler.every(syncIntervalMs, () => void this.#syncInTurns(syncIntervalMs));',
        put: 'this.#timer = scheduler.every(syncIntervalMs, () => undefined);',
      },
    ],
  },
  'forgets-later-turns': {
    does: 'syncs the users of the first turn of each interval only',
    breaks: 'G9',
    edits: [
      {
        file: 'libs/delivery/src/host/hub.ts',
        find: 'for (let turn = 0; turn < turns; turn += 1) {',
        put: 'for (let turn = 0; turn < 1; turn += 1) {',
      },
    ],
  },
  'skips-the-barrier': {
    does: 'looks at the heads without a barrier first',
    breaks: 'G2',
    edits: [
      {
        file: ROUND,
        find: "return { round: { kind: 'passing', users }, effects: [{ type: 'pass' }] };",
        put: 'return look(users, 0, 0);',
      },
      {
        file: ROUND,
        find: "{ type: 'confirmed', barrier: round.barrier, heads: input.heads }",
        put: "{ type: 'confirmed', barrier: input.heads.upTo + 1, heads: input.heads }",
      },
    ],
  },
  'accepts-a-stale-replica': {
    does: 'takes the word of a replica that has not seen the barrier',
    breaks: 'G2',
    edits: [{ file: ROUND, find: 'input.heads.upTo >= round.barrier', put: 'true' }],
  },
  'reuses-a-position-of-an-old-epoch': {
    does: 'takes a position of another incarnation of the stream for one of this',
    breaks: 'G2',
    edits: [{ file: SESSION, find: 'if (wanted.epoch !== epoch) {', put: 'if (false) {' }],
  },
  'resumes-too-far': {
    does: "begins three places after the client's position",
    breaks: 'G2',
    edits: [
      {
        file: SESSION,
        find: 'const placed = placedAt(session, { epoch, seq: wanted.seq });',
        put: "const placed = placedAt(session, { epoch, seq: wanted.seq + (typeof start === 'object' ? 3 : 0) });",
      },
    ],
  },
  'tells-no-gap': {
    does: 'passes over events that are gone without a word',
    breaks: 'G2',
    edits: [{ file: SESSION, find: "effects.push(gap(session, first.prev, 'expired'));", put: '' }],
  },
  'tells-a-gap-too-many': {
    does: 'takes every page for one that something is missing before',
    breaks: 'G2',
    edits: [
      {
        file: 'libs/delivery/src/contiguous.ts',
        find: 'const missing = !anchored && !adjacent && (held >= keepPerUser || after < ageFloor);',
        put: 'const missing = !adjacent;',
      },
    ],
  },
  'is-caught-up-too-early': {
    does: 'goes live after the first page of a replay',
    breaks: 'G2',
    edits: [
      {
        file: SESSION,
        find: 'if (placed.at >= feed.known && now.synced) return settle(placed, now, feed, effects);',
        put: 'return goLive(placed, effects);',
      },
    ],
  },
  'believes-every-range': {
    does: 'takes a stretch of a range for complete although events may have been discarded while it was read',
    breaks: 'G2',
    edits: [
      {
        file: 'libs/delivery/src/replay-plan.ts',
        find: 'return from >= ageFloor && held + grown < keepPerUser;',
        put: 'return true;',
      },
    ],
  },
  'does-not-see-a-lost-tail': {
    does: 'goes on from a position that the stream has lost',
    breaks: 'G2',
    edits: [
      { file: 'libs/delivery/src/feed.ts', find: 'if (before.delivered >= barrier) {', put: 'if (false) {' },
    ],
  },
  'keeps-all-for-slow-readers': {
    does: 'has an outbox without a bound',
    breaks: 'G8',
    edits: [
      {
        file: 'libs/delivery/src/outbox.ts',
        find: 'if (bytes > 0 && bytes + entryBytes(entry) > limits.bytesMax) break;',
        put: '',
      },
    ],
  },
} as const satisfies Record<string, Sabotage>;
