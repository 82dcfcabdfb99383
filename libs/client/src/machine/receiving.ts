import {
  formatPosition,
  parsePosition,
  unreachable,
  type CaughtUp,
  type DeliveredEvent,
  type Gap,
  type Ping,
  type Position,
  type Seq,
} from '@longspan/protocol';
import { errorRow } from '../longspan-error.ts';
import { judgeEnd, judgeEntry, judgeGap, type Movement } from './cursor.ts';
import { andThen, stay, type Effect, type Step } from './effect.ts';
import type { Moment, SingleFrame } from './input.ts';
import { HEALTHY_AFTER_MS, TAIL_HEARTBEATS } from './limits.ts';
import { abortMain, drop, loseSuccessor, mainId, successorId, withSuccessor } from './linking.ts';
import { recall } from './sends.ts';
import { NO_SUCCESSOR, successorAfter, type Conn, type Machine, type Successor } from './state.ts';

/** An event came on a welcomed connection: it is delivered, or dropped, or shows that something is missing. */
export function receiveEntry(m: Machine, id: number, entry: DeliveredEvent, moment: Moment): Step {
  const conn = connOf(m, id);
  if (conn === undefined) return stay(m);
  return andThen(enterEpoch(m, conn), (state) => judge(state, conn, entry, moment));
}

function judge(m: Machine, conn: Conn, entry: DeliveredEvent, moment: Moment): Step {
  const position = m.position ?? conn.began;
  const verdict = judgeEntry(position, entry);
  switch (verdict) {
    case 'next':
      return deliver(m, conn, entry, { epoch: position.epoch, seq: entry.seq as Seq }, moment);
    case 'repeat':
      if (entry.seq <= conn.brought) return stay(counted(m, 'repeats'));
      return stay(counted(withConn(m, { ...conn, brought: entry.seq }), 'overlaps'));
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
  const brought = withConn(m, { ...conn, brought: entry.seq });
  const state = { ...noLongerBehind(counted(brought, 'delivered')), position };
  return stay(state, { kind: 'deliver', event: entry.event, meta }, ...save(m, position));
}

/** Events are lost for good: the position moves past them, and the application is told (G2). */
export function receiveGap(m: Machine, id: number, frame: Gap, moment: Moment): Step {
  const conn = connOf(m, id);
  const from = parsePosition(frame.from);
  const to = parsePosition(frame.to);
  if (conn === undefined || from === undefined || to === undefined) return stay(m);
  const entered =
    m.position?.epoch !== from.epoch && from.epoch === conn.epoch ? enterEpoch(m, conn) : stay(m);
  return andThen(entered, (state) => moveOver(state, conn, { from, to, reason: frame.reason }, moment));
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
  if (conn === undefined || end === undefined || (m.link.kind === 'live' && id === m.link.conn.id))
    return stay(m);
  return andThen(enterEpoch(m, conn), (state) => {
    const position = state.position ?? conn.began;
    if (judgeEnd(position, end) === 'hole') {
      return brokenChain(state, id, `at ${formatPosition(position)} came the end ${frame.position}`, moment);
    }
    const takesOver = mainId(state) !== id;
    const caughtUp = connOf(state, id) ?? conn;
    const live: Machine = {
      ...state,
      retry: { ...state.retry, attempt: 0, level: Math.min(state.retry.level, 1) },
      sends: takesOver ? recall(state.sends) : state.sends,
      link: {
        kind: 'live',
        conn: caughtUp,
        successor: takesOver ? successorAfter(caughtUp) : successorOf(state),
        watch: { provenAt: moment.now + HEALTHY_AFTER_MS, behindSince: undefined },
      },
    };
    const drops = takesOver ? drop(mainId(state), 'close') : [];
    return stay(live, ...drops, { kind: 'caught_up', position });
  });
}

/** The heartbeat: it is answered, and its head shows whether the tail is there (G9). */
export function receivePing(m: Machine, id: number, frame: Ping, moment: Moment): Step {
  const conn = connOf(m, id);
  if (conn === undefined) return stay(m);
  const answered = stay(
    m,
    { kind: 'transmit', id, frame: { type: 'pong' } },
    { kind: 'ping', position: frame.position, edge: conn.edge },
  );
  return andThen(answered, (state) => watchTail(state, conn, frame, moment));
}

function watchTail(m: Machine, conn: Conn, frame: Ping, moment: Moment): Step {
  if (m.link.kind !== 'live' || m.link.conn.id !== conn.id) return stay(m);
  const head = parsePosition(frame.position);
  const position = m.position ?? conn.began;
  if (head === undefined || (head.epoch === position.epoch && head.seq <= position.seq)) {
    return stay(noLongerBehind(m));
  }
  const { behindSince } = m.link.watch;
  if (behindSince === undefined) {
    return stay({ ...m, link: { ...m.link, watch: { ...m.link.watch, behindSince: moment.now } } });
  }
  if (moment.now - behindSince < TAIL_HEARTBEATS * conn.heartbeatMs) return stay(m);
  const detail = `at ${formatPosition(position)}, the head is ${frame.position}`;
  const reported = stay(counted(m, 'lostTails'), report('tail_lost', detail));
  return andThen(reported, (state) => abortMain(state, 'tail_lost', 0, moment));
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
  const reported = stay(counted(m, 'holes'), report('chain_broken', detail));
  return andThen(reported, (state) => {
    if (id === mainId(state)) return abortMain(state, 'chain_broken', 0, moment);
    return andThen(stay(state, ...drop(id, 'cut')), (next) => loseSuccessor(next, moment));
  });
}

/** The welcomed connection with this id. */
export function connOf(m: Machine, id: number): Conn | undefined {
  if (m.link.kind !== 'replaying' && m.link.kind !== 'live') return undefined;
  if (m.link.conn.id === id) return m.link.conn;
  const { successor } = m.link;
  return successor.kind === 'replaying' && successor.conn.id === id ? successor.conn : undefined;
}

/** Replaces a welcomed connection by id. */
export function withConn(m: Machine, conn: Conn): Machine {
  if (m.link.kind !== 'replaying' && m.link.kind !== 'live') return m;
  if (m.link.conn.id === conn.id) return { ...m, link: { ...m.link, conn } };
  return withSuccessor(m, { kind: 'replaying', conn });
}

function successorOf(m: Machine): Successor {
  return m.link.kind === 'replaying' || m.link.kind === 'live' ? m.link.successor : NO_SUCCESSOR;
}

function noLongerBehind(m: Machine): Machine {
  if (m.link.kind !== 'live' || m.link.watch.behindSince === undefined) return m;
  return { ...m, link: { ...m.link, watch: { ...m.link.watch, behindSince: undefined } } };
}

function counted(m: Machine, counter: keyof Machine['stats']): Machine {
  return { ...m, stats: { ...m.stats, [counter]: m.stats[counter] + 1 } };
}

function save(m: Machine, position: Position): Effect[] {
  return m.user === undefined ? [] : [{ kind: 'save', user: m.user, position }];
}

function report(code: 'chain_broken' | 'tail_lost', detail: string): Effect {
  const { meaning, retryable } = errorRow(code);
  return { kind: 'report', code, message: `${meaning}: ${detail}`, retryable };
}
