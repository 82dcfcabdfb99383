import {
  formatPosition,
  parsePosition,
  unreachable,
  type CaughtUp,
  type DeliveredEvent,
  type Gap,
  type Position,
  type Seq,
} from '@longspan/protocol';
import { violated } from './absence.ts';
import { connOf, mainId, successorId, successorOf, withConn, withSuccessor } from './connections.ts';
import { judgeEnd, judgeEntry, judgeGap, type Movement } from './cursor.ts';
import { andThen, stay, type Effect, type Step } from './effect.ts';
import type { Moment, SingleFrame } from './input.ts';
import { HEALTHY_AFTER_MS } from './limits.ts';
import { abortMain, drop, loseSuccessor } from './linking.ts';
import { report } from './report.ts';
import { recall } from './sends.ts';
import { counted, successorAfter, type Conn, type Machine } from './state.ts';

/** An event came on a welcomed connection: it is delivered, or dropped, or shows that something is missing. */
export function receiveEntry(m: Machine, id: number, entry: DeliveredEvent, moment: Moment): Step {
  const known = connOf(m, id);
  if (known === undefined) return stay(m);
  const conn = { ...known, heardAt: moment.now };
  if (m.position?.epoch === conn.epoch) {
    const step = judge(m, conn, entry, moment);
    return conn.caughtUp && id !== mainId(m) ? andThen(step, (state) => settle(state, id, moment)) : step;
  }
  const judged = andThen(enterEpoch(m, conn), (state) => judge(state, conn, entry, moment));
  return andThen(judged, (state) => settle(state, id, moment));
}

function judge(m: Machine, conn: Conn, entry: DeliveredEvent, moment: Moment): Step {
  const position = m.position ?? conn.began;
  const verdict = judgeEntry(position, entry);
  switch (verdict) {
    case 'next':
      return deliver(m, conn, entry, { epoch: position.epoch, seq: entry.seq as Seq }, moment);
    case 'repeat':
      if (entry.seq <= conn.brought) return stay(counted(withConn(m, conn), 'repeats'));
      return stay(counted(withConn(m, { ...conn, brought: entry.seq, behindSince: undefined }), 'overlaps'));
    case 'hole': {
      const detail = `at ${formatPosition(position)} came ${entry.seq} after ${entry.prev}`;
      return brokenChain(m, conn.id, detail, moment);
    }
    default:
      return unreachable(verdict);
  }
}

function deliver(m: Machine, conn: Conn, entry: DeliveredEvent, position: Position, moment: Moment): Step {
  const replayed = conn.id === successorId(m) || m.link.kind === 'replaying';
  const { edge, session } = conn;
  const meta = { position, prev: entry.prev, edge, session, replayed, receivedAt: moment.now };
  // One copy of each part: this is done for every event.
  const stats = { ...m.stats, delivered: m.stats.delivered + 1 };
  const state = withConn({ ...m, position, stats }, { ...conn, brought: entry.seq, behindSince: undefined });
  const delivered: Effect = { kind: 'deliver', event: entry.event, meta };
  return m.user === undefined
    ? stay(state, delivered)
    : stay(state, delivered, { kind: 'save', user: m.user, position });
}

/** Events are lost for good: the position moves past them, and the application is told (G2). */
export function receiveGap(m: Machine, id: number, frame: Gap, moment: Moment): Step {
  const conn = connOf(m, id);
  const from = parsePosition(frame.from);
  const to = parsePosition(frame.to);
  if (conn === undefined || from === undefined || to === undefined) return stay(m);
  const entered =
    m.position?.epoch !== from.epoch && from.epoch === conn.epoch ? enterEpoch(m, conn) : stay(m);
  const moved = andThen(entered, (state) =>
    moveOver(state, conn, { from, to, reason: frame.reason }, moment),
  );
  return andThen(moved, (state) => settle(state, id, moment));
}

function moveOver(m: Machine, conn: Conn, gap: Movement, moment: Moment): Step {
  const position = m.position ?? conn.began;
  const verdict = judgeGap(position, gap);
  const state = withConn(m, { ...conn, epoch: gap.to.epoch, brought: gap.to.seq });
  switch (verdict) {
    case 'move': {
      const moved = counted({ ...state, position: gap.to }, 'gaps');
      const told: Effect = { kind: 'gap', from: position, to: gap.to, reason: gap.reason };
      const step = stay(moved, told, ...save(m, gap.to));
      return gap.reason === 'expired' ? step : andThen(step, (next) => keepOnly(next, conn.id));
    }
    case 'repeat':
      return stay(state);
    case 'hole': {
      const detail = `at ${formatPosition(position)} came a gap after ${formatPosition(gap.from)}`;
      return brokenChain(state, conn.id, detail, moment);
    }
    default:
      return unreachable(verdict);
  }
}

/** The replay is over: the connection is live, and if it was a successor it takes over. */
export function receiveCaughtUp(m: Machine, id: number, frame: CaughtUp, moment: Moment): Step {
  const conn = connOf(m, id);
  const end = parsePosition(frame.position);
  if (conn === undefined || end === undefined || conn.caughtUp) return stay(m);
  return andThen(enterEpoch(m, conn), (state) => {
    const position = state.position ?? conn.began;
    if (judgeEnd(position, end) === 'hole') {
      return brokenChain(state, id, `at ${formatPosition(position)} came the end ${frame.position}`, moment);
    }
    const caughtUp = { ...(connOf(state, id) ?? conn), brought: end.seq, caughtUp: true };
    return settle(withConn(state, caughtUp), id, moment);
  });
}

/**
 * A connection that has caught up goes live once it has brought all that the client has. What another connection has brought beyond
 * that may be lost with the stream's tail, and this one, which the client did not come to with that position, cannot tell:
 * beside a main connection it is waited for, alone it is left for one that is told where the client stands.
 */
function settle(m: Machine, id: number, moment: Moment): Step {
  const conn = connOf(m, id);
  if (conn?.caughtUp !== true || (m.link.kind === 'live' && id === m.link.conn.id)) return stay(m);
  const position = m.position ?? conn.began;
  const takesOver = mainId(m) !== id;
  if (conn.epoch === position.epoch && conn.brought < position.seq) {
    return takesOver ? stay(m) : abortMain(m, 'left_behind', 0, moment);
  }
  const live: Machine = {
    ...m,
    retry: { ...m.retry, attempt: 0, level: Math.min(m.retry.level, 1) },
    sends: takesOver ? recall(m.sends) : m.sends,
    link: {
      kind: 'live',
      conn,
      successor: takesOver ? successorAfter(conn) : successorOf(m),
      watch: { provenAt: moment.now + HEALTHY_AFTER_MS },
    },
  };
  const drops = takesOver ? drop(mainId(m), 'close') : [];
  return stay(live, ...drops, { kind: 'caught_up', position });
}

/** An error that answers no command is the application's to know. */
export function receiveError(m: Machine, id: number, frame: Extract<SingleFrame, { type: 'error' }>): Step {
  if (id !== mainId(m) && id !== successorId(m)) return stay(m);
  const { code, message, retryable } = frame;
  return stay(m, { kind: 'report', code, message, retryable });
}

/**
 * An edge may begin in another epoch than the client's and send no `gap` for it. Its word is taken: the stream was
 * made anew, which is a gap.
 */
function enterEpoch(m: Machine, conn: Conn): Step {
  if (m.position === undefined || conn.epoch === m.position.epoch) return stay(m);
  const gap: Effect = { kind: 'gap', from: m.position, to: conn.began, reason: 'reset' };
  const moved = counted({ ...m, position: conn.began }, 'gaps');
  return andThen(stay(moved, gap, ...save(m, conn.began)), (state) => keepOnly(state, conn.id));
}

/** Another history has begun on this connection: what the other one still says belongs to the old one. */
function keepOnly(m: Machine, id: number): Step {
  const conn = connOf(m, id);
  if (conn === undefined) return stay(m);
  if (id === mainId(m)) {
    const other = successorId(m);
    if (other === undefined) return stay(m);
    const scheduled = { kind: 'scheduled', at: conn.heardAt } as const;
    return stay(withSuccessor(m, scheduled), ...drop(other, 'close'));
  }
  const link = { kind: 'replaying', conn, successor: successorAfter(conn) } as const;
  return stay({ ...m, link, sends: recall(m.sends) }, ...drop(mainId(m), 'close'));
}

/** Something is missing: nothing after it is delivered, and the client resumes from its own position. */
function brokenChain(m: Machine, id: number, detail: string, moment: Moment): Step {
  const reported = stay(violated(counted(m, 'holes')), report('chain_broken', detail));
  return andThen(reported, (state) => {
    if (id === mainId(state)) return abortMain(state, 'chain_broken', 0, moment);
    return andThen(stay(state, ...drop(id, 'cut')), (next) => loseSuccessor(next, moment));
  });
}

function save(m: Machine, position: Position): Effect[] {
  return m.user === undefined ? [] : [{ kind: 'save', user: m.user, position }];
}
