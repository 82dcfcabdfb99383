import type { Page } from '@longspan/broker';
import type { Seq } from '@longspan/protocol';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { contiguous } from './contiguous.ts';

const KEEP = 5;

const judge = (events: number[], remaining: number, after: number, floor = 0) => {
  const { entries, missing } = contiguous(page(events, remaining, floor), after as Seq, KEEP);
  return { seqs: entries.map(({ seq }) => seq), prevs: entries.map(({ prev }) => prev), missing };
};

test('a page that begins with the reader’s own event has all that follows', () => {
  expect(judge([3, 6, 7], 2, 3)).toEqual({ seqs: [6, 7], prevs: [3, 6], missing: false });
});

test('a page with fewer events than are kept has all that there ever was', () => {
  expect(judge([3, 6], 2, 1)).toEqual({ seqs: [3, 6], prevs: [1, 3], missing: false });
  expect(judge([3, 6], 2, 0)).toEqual({ seqs: [3, 6], prevs: [0, 3], missing: false });
});

test('a page with as many events as are kept may have had more before it', () => {
  expect(judge([3, 6], 3, 1)).toEqual({ seqs: [3, 6], prevs: [2, 3], missing: true });
});

test('between neighbouring sequences nothing is missing', () => {
  expect(judge([3, 6], 3, 2)).toEqual({ seqs: [3, 6], prevs: [2, 3], missing: false });
});

test('a reader below the age floor may have missed something, unless its own event is still there', () => {
  expect(judge([6], 0, 3, 4)).toEqual({ seqs: [6], prevs: [5], missing: true });
  expect(judge([6], 0, 4, 4)).toEqual({ seqs: [6], prevs: [4], missing: false });
  expect(judge([3, 6], 0, 3, 4)).toEqual({ seqs: [6], prevs: [3], missing: false });
});

test('events that were discarded while the page was read are left out, for there may be a hole after them', () => {
  // Goal: 3 was read, then 4 was discarded before it could be read; seven have been held, five are kept.
  expect(judge([3, 8, 10], 4, 3)).toEqual({ seqs: [10], prevs: [9], missing: true });
  expect(judge([3, 4, 10], 3, 3)).toEqual({ seqs: [4, 10], prevs: [3, 4], missing: false });
});

test('a page of a replica that is behind proves nothing', () => {
  expect(judge([], 0, 3).seqs).toEqual([]);
  expect(judge([3], 0, 3).seqs).toEqual([]);
  expect(judge([3, 4], 5, 3).seqs).toEqual([]);
});

/** A log of one user, brute force: every event ever committed, and how many of the oldest are gone. */
interface Log {
  readonly seqs: readonly number[];
  gone: number;
  committed: number;
}

const runs = fc.record({
  steps: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 24 }),
  keep: fc.integer({ min: 1, max: 6 }),
  /** How many are committed before the read. */
  before: fc.nat({ max: 24 }),
  /** How many are committed between its steps. */
  between: fc.array(fc.nat({ max: 4 }), { maxLength: 8 }),
  agedBefore: fc.nat({ max: 24 }),
  agedBehind: fc.nat({ max: 3 }),
  after: fc.nat({ max: 60 }),
  limit: fc.integer({ min: 2, max: 6 }),
});

test('however events are discarded while a page is read, no entry follows a hole that is not told', () => {
  // Goal: G2. Method: read a page of a brute-force log step by step, committing (and so discarding) between the steps.
  fc.assert(
    fc.property(runs, (run) => {
      const { log, answer, after } = read(run);
      let at = after;
      for (const [index, { seq, prev }] of answer.entries.entries()) {
        const from = index === 0 && answer.missing ? prev : at;
        expect(log.seqs.filter((other) => other > from && other < seq)).toEqual([]);
        expect(prev).toBe(from);
        at = seq;
      }
    }),
    { numRuns: 20_000 },
  );
});

test('a gap is told only where something is gone, or where nobody can tell any more', () => {
  // Goal: no gap without need. Nobody can tell where as many events as are kept follow the reader's position, the last
  // one discarded perhaps having been its own, or where it is below the age floor.
  fc.assert(
    fc.property(runs, (run) => {
      const { log, answer, after, ageFloor } = read(run);
      const [first] = answer.entries;
      if (!answer.missing || first === undefined) return;
      expect(first.prev).toBeGreaterThan(after);
      const told = log.seqs.filter((seq) => seq > after && seq <= first.prev);
      expect(told.filter((seq) => seq > (log.seqs[log.gone - 1] ?? 0))).toEqual([]);
      const following = log.seqs.slice(0, log.committed).filter((seq) => seq > after).length;
      expect(told.length > 0 || following === run.keep || after < ageFloor).toBe(true);
    }),
    { numRuns: 20_000 },
  );
});

test('a reader of a log that is at rest gets to its end', () => {
  // Goal: a page is never so uncertain that its reader would ask for it for ever.
  fc.assert(
    fc.property(runs, (run) => {
      const { log, answer, after } = read({ ...run, between: [], agedBehind: 0 });
      const kept = log.seqs.slice(log.gone, log.committed).filter((seq) => seq > after);
      const due = kept.slice(0, answer.entries.length);
      expect(answer.entries.map(({ seq }) => seq)).toEqual(due);
      expect(answer.entries.length > 0 || kept.length === 0).toBe(true);
    }),
    { numRuns: 5_000 },
  );
});

/** Age takes events before the read and behind its first step, never two neighbours between two steps. */
function read(run: typeof runs extends fc.Arbitrary<infer Run> ? Run : never) {
  const { keep, between, limit } = run;
  let last = 0;
  const log: Log = { seqs: run.steps.map((step) => (last += step)), gone: 0, committed: 0 };
  const commit = (events: number) => {
    log.committed = Math.min(log.seqs.length, log.committed + events);
    log.gone = Math.max(log.gone, log.committed - keep);
  };
  commit(run.before);
  log.gone = Math.max(log.gone, Math.min(log.committed, run.agedBefore));
  const agedTo = run.agedBefore === 0 ? 0 : (log.seqs[Math.min(log.committed, run.agedBefore) - 1] ?? 0);
  const ageFloor = agedTo === 0 ? 0 : agedTo + run.agedBehind;
  const kept = () => log.seqs.slice(log.gone, log.committed);

  // The reader has had an event that was committed, or nothing.
  const after = log.seqs.slice(0, log.committed).findLast((seq) => seq <= run.after) ?? 0;
  const events: number[] = [];
  let cursor = after;
  for (let step = 0; events.length < limit; step++) {
    const next = kept().find((seq) => seq >= cursor);
    if (next === undefined) break;
    events.push(next);
    cursor = next + 1;
    commit(between[step] ?? 0);
  }
  const remaining = kept().filter((seq) => seq >= cursor).length;
  const answer = contiguous(page(events, remaining, ageFloor), after as Seq, keep);
  return { log, answer, after, ageFloor };
}

function page(events: readonly number[], remaining: number, ageFloor: number): Page {
  return {
    events: events.map((seq) => ({ seq: seq as Seq, payload: new Uint8Array(), publishedMs: 0 })),
    remaining,
    ageFloor: ageFloor as Seq,
  };
}
