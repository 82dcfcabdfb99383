import { formatPosition, parsePosition, type Ping } from '@longspan/protocol';
import { connOf, successorId, withConn } from './connections.ts';
import { andThen, stay, type Step } from './effect.ts';
import type { Moment } from './input.ts';
import { TAIL_HEARTBEATS } from './limits.ts';
import { abortMain, drop, loseSuccessor } from './linking.ts';
import { report } from './report.ts';
import { counted, type Conn, type Machine } from './state.ts';

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

/** A connection that lags for too long, and brings nothing, never will: it is left for one that comes with the client's position. */
function watchTail(m: Machine, conn: Conn, frame: Ping, moment: Moment): Step {
  const { behindSince } = conn;
  if (!isBehind(m, conn, frame)) {
    return stay(behindSince === undefined ? m : withConn(m, { ...conn, behindSince: undefined }));
  }
  if (behindSince === undefined) return stay(withConn(m, { ...conn, behindSince: moment.now }));
  if (moment.now - behindSince < TAIL_HEARTBEATS * conn.heartbeatMs) return stay(m);
  if (conn.id === successorId(m)) {
    return andThen(stay(m, ...drop(conn.id, 'close')), (state) => loseSuccessor(state, moment));
  }
  const detail = `at ${formatPosition(m.position ?? conn.began)}, the head is ${frame.position}`;
  const reported = stay(counted(m, 'lostTails'), report('tail_lost', detail));
  return andThen(reported, (state) => abortMain(state, 'tail_lost', 0, moment));
}

/**
 * A live connection is behind if the head is past the client. A successor is if it has caught up and still waits to take
 * over: what the main one has beyond it may be lost, which an edge can tell only a connection that comes with that position.
 */
function isBehind(m: Machine, conn: Conn, frame: Ping): boolean {
  if (conn.id === successorId(m)) return conn.caughtUp;
  if (m.link.kind !== 'live' || m.link.conn.id !== conn.id) return false;
  const head = parsePosition(frame.position);
  const position = m.position ?? conn.began;
  return head !== undefined && (head.epoch !== position.epoch || head.seq > position.seq);
}
