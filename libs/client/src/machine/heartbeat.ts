import { formatPosition, parsePosition, type Ping } from '@longspan/protocol';
import { connOf } from './connections.ts';
import { andThen, stay, type Step } from './effect.ts';
import type { Moment } from './input.ts';
import { TAIL_HEARTBEATS } from './limits.ts';
import { abortMain } from './linking.ts';
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
