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
  return andThen(answered, (state) =>
    id === successorId(state) ? watchSuccessor(state, conn, moment) : watchTail(state, conn, frame, moment),
  );
}

/**
 * One that has caught up, still waits to take over, and brings nothing: what the main connection has beyond it is lost, which
 * an edge can tell only a connection that comes with that position. So it is left for another one.
 */
function watchSuccessor(m: Machine, conn: Conn, moment: Moment): Step {
  if (!conn.caughtUp) return stay(m);
  const { behindSince } = conn;
  if (behindSince === undefined) return stay(withConn(m, { ...conn, behindSince: moment.now }));
  if (moment.now - behindSince < TAIL_HEARTBEATS * conn.heartbeatMs) return stay(m);
  return andThen(stay(m, ...drop(conn.id, 'close')), (state) => loseSuccessor(state, moment));
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

/** An event came, or the head is reached: the tail is not lost. */
export function noLongerBehind(m: Machine): Machine {
  if (m.link.kind !== 'live' || m.link.watch.behindSince === undefined) return m;
  return { ...m, link: { ...m.link, watch: { ...m.link.watch, behindSince: undefined } } };
}
