import type { Seq } from '@longspan/protocol';
import { expect, test } from 'vitest';
import { ENTRY_OVERHEAD_BYTES } from './entry.ts';
import {
  at,
  caughtUp,
  handedOn,
  replayed,
  epoch,
  gap,
  lagging,
  limits,
  live,
  liveOf,
  other,
  pageOf,
  readFrom,
  replaying,
  resetFrom,
  stepTo,
  view,
  withProgress,
} from '../test/session-words.ts';
import { newSession, stepSession, type Session, type SessionInput, type SessionStep } from './session.ts';

/** All but the first have been sent everything up to 10 and have sent three reads. */
const sessions: Record<Session['kind'], Session> = {
  joining: newSession(at(10)),
  replaying: replaying(10),
  live: live(10),
  lagging: lagging(10),
};

const inputs = {
  synced_level: { type: 'synced', feed: view(10) },
  synced_ahead: { type: 'synced', feed: view(12) },
  unsynced: { type: 'unsynced', epoch, head: 12 as Seq },
  page: pageOf(3, [10, 11, 12]),
  page_short: pageOf(3, [10, 11]),
  page_stale: pageOf(3, [10]),
  page_with_hole: pageOf(3, [12], { remaining: 999 }),
  page_full: pageOf(3, [10, 11, 12], { waitingBytes: ENTRY_OVERHEAD_BYTES }),
  page_late: pageOf(2, [10, 11, 12]),
  read_failed: { type: 'read_failed', read: 3 },
  read_failed_late: { type: 'read_failed', read: 2 },
  live_next: liveOf([10, 11]),
  live_repeat: liveOf([7, 10]),
  live_overlap: liveOf([7, 10], [10, 11]),
  live_hole: liveOf([11, 12]),
  live_full: { ...liveOf([10, 11], [11, 12]), waitingBytes: ENTRY_OVERHEAD_BYTES },
  drained: { type: 'drained' },
  gap: { type: 'gap', to: 12 as Seq },
  gap_behind: { type: 'gap', to: 10 as Seq },
  rewound: { type: 'rewound', past: 8 as Seq, to: 6 as Seq, feed: view(6) },
  rewound_ahead: { type: 'rewound', past: 11 as Seq, to: 6 as Seq, feed: view(6) },
  reset: { type: 'reset', epoch: other },
  reset_known: { type: 'reset', epoch },
} satisfies Record<string, SessionInput>;

const stays = (kind: Session['kind']) => stepTo(sessions[kind]);
const again = stepTo({ ...replaying(10), reads: 4, attempt: 1 }, readFrom(10, 1));
const readOn = stepTo({ ...replaying(11), reads: 4 }, replayed([10, 11]), readFrom(11));
const anew: SessionStep = stepTo(
  {
    kind: 'joining',
    start: { epoch: other, seq: 0 as Seq },
    warned: false,
    before: { caughtUp: true, reads: 3 },
  },
  resetFrom(10),
);

/** Every state's answer to every input. */
const table: Record<Session['kind'], Record<keyof typeof inputs, SessionStep>> = {
  joining: {
    synced_level: stepTo({ ...live(10), reads: 0 }, { type: 'welcome', position: at(10) }, caughtUp(10)),
    synced_ahead: stepTo(
      { ...replaying(10), caughtUp: false, reads: 1 },
      { type: 'welcome', position: at(10) },
      { ...readFrom(10), read: 1 },
    ),
    unsynced: stepTo(
      {
        ...replaying(10),
        caughtUp: false,
        reads: 1,
        progress: { synced: false, warned: true, claimed: 10 as Seq, fromEarliest: false },
      },
      { type: 'welcome', position: at(10) },
      { type: 'not_caught_up' },
      { ...readFrom(10), read: 1 },
    ),
    page: stays('joining'),
    page_short: stays('joining'),
    page_stale: stays('joining'),
    page_with_hole: stays('joining'),
    page_full: stays('joining'),
    page_late: stays('joining'),
    read_failed: stays('joining'),
    read_failed_late: stays('joining'),
    live_next: stays('joining'),
    live_repeat: stays('joining'),
    live_overlap: stays('joining'),
    live_hole: stays('joining'),
    live_full: stays('joining'),
    drained: stays('joining'),
    gap: stays('joining'),
    gap_behind: stays('joining'),
    rewound: stays('joining'),
    rewound_ahead: stays('joining'),
    reset: stays('joining'),
    reset_known: stays('joining'),
  },
  replaying: {
    synced_level: stays('replaying'),
    synced_ahead: stays('replaying'),
    unsynced: stepTo(withProgress(replaying(10), { warned: true })),
    page: stepTo(live(12), replayed([10, 11], [11, 12])),
    page_short: readOn,
    page_stale: again,
    page_with_hole: stepTo(live(12), gap(10, 11), replayed([11, 12])),
    page_full: stepTo(lagging(11), replayed([10, 11])),
    page_late: stays('replaying'),
    read_failed: again,
    read_failed_late: stays('replaying'),
    live_next: stays('replaying'),
    live_repeat: stays('replaying'),
    live_overlap: stays('replaying'),
    live_hole: stays('replaying'),
    live_full: stays('replaying'),
    drained: stays('replaying'),
    gap: stays('replaying'),
    gap_behind: stays('replaying'),
    rewound: stepTo({ ...replaying(6), reads: 4 }, gap(10, 6, 'rewound'), readFrom(6)),
    rewound_ahead: stays('replaying'),
    reset: anew,
    reset_known: stays('replaying'),
  },
  live: {
    synced_level: stays('live'),
    synced_ahead: stays('live'),
    unsynced: stays('live'),
    page: stays('live'),
    page_short: stays('live'),
    page_stale: stays('live'),
    page_with_hole: stays('live'),
    page_full: stays('live'),
    page_late: stays('live'),
    read_failed: stays('live'),
    read_failed_late: stays('live'),
    live_next: stepTo(live(11), handedOn([10, 11])),
    live_repeat: stays('live'),
    live_overlap: stepTo(live(11), handedOn([10, 11])),
    live_hole: stepTo({ ...replaying(10), reads: 4 }, readFrom(10)),
    live_full: stepTo(lagging(11), handedOn([10, 11])),
    drained: stays('live'),
    gap: stepTo({ ...replaying(10), reads: 4 }, readFrom(10)),
    gap_behind: stays('live'),
    rewound: stepTo(live(6), gap(10, 6, 'rewound')),
    rewound_ahead: stays('live'),
    reset: anew,
    reset_known: stays('live'),
  },
  lagging: {
    synced_level: stays('lagging'),
    synced_ahead: stays('lagging'),
    unsynced: stepTo(withProgress(lagging(10), { warned: true })),
    page: stays('lagging'),
    page_short: stays('lagging'),
    page_stale: stays('lagging'),
    page_with_hole: stays('lagging'),
    page_full: stays('lagging'),
    page_late: stays('lagging'),
    read_failed: stays('lagging'),
    read_failed_late: stays('lagging'),
    live_next: stays('lagging'),
    live_repeat: stays('lagging'),
    live_overlap: stays('lagging'),
    live_hole: stays('lagging'),
    live_full: stays('lagging'),
    drained: stepTo({ ...replaying(10), reads: 4 }, readFrom(10)),
    gap: stays('lagging'),
    gap_behind: stays('lagging'),
    rewound: stepTo(lagging(6), gap(10, 6, 'rewound')),
    rewound_ahead: stays('lagging'),
    reset: anew,
    reset_known: stays('lagging'),
  },
};

const cells = Object.entries(table).flatMap(([kind, row]) =>
  Object.entries(row).map(([input, expected]) => ({ kind, input, expected }) as Cell),
);

interface Cell {
  readonly kind: Session['kind'];
  readonly input: keyof typeof inputs;
  readonly expected: SessionStep;
}

test.each(cells)('a session that is $kind answers $input as the table says', ({ kind, input, expected }) => {
  expect(stepSession(sessions[kind], inputs[input], limits)).toEqual(expected);
});
