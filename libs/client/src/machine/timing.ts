import { unreachable } from '@longspan/protocol';
import { andThen, stay, type Step } from './effect.ts';
import type { Moment } from './input.ts';
import { SILENCE_SLACK_MS } from './limits.ts';
import { welcomed } from './connections.ts';
import { abortMain, beginConnecting, beginSuccessor, drop, loseSuccessor } from './linking.ts';
import { NO_SUCCESSOR, type Conn, type Machine, type Opening, type Successor } from './state.ts';

const NEVER = Number.POSITIVE_INFINITY;

/** When a connection counts as dead if nothing is heard before. */
function silentAt(conn: Conn): number {
  return conn.heardAt + 2 * conn.heartbeatMs + SILENCE_SLACK_MS;
}

/** The time of the next thing that must happen by itself; undefined if there is none. */
export function nextWake(m: Machine): number | undefined {
  const at = Math.min(linkTime(m), sendTime(m), renewTime(m));
  return at === NEVER ? undefined : at;
}

function linkTime(m: Machine): number {
  switch (m.link.kind) {
    case 'idle':
    case 'offline':
    case 'closed':
      return NEVER;
    case 'connecting':
      return m.link.opening.deadline;
    case 'waiting':
      return m.link.retryAt;
    case 'replaying':
      return Math.min(silentAt(m.link.conn), successorTime(m.link.successor));
    case 'live': {
      const provenAt = m.link.watch.provenAt ?? NEVER;
      return Math.min(silentAt(m.link.conn), successorTime(m.link.successor), provenAt);
    }
    default:
      return unreachable(m.link);
  }
}

function successorTime(successor: Successor): number {
  switch (successor.kind) {
    case 'none':
      return NEVER;
    case 'scheduled':
      return successor.at;
    case 'opening':
      return successor.opening.deadline;
    case 'replaying':
      return silentAt(successor.conn);
    default:
      return unreachable(successor);
  }
}

function sendTime(m: Machine): number {
  if (welcomed(m) === undefined || m.sends.queue.length === 0) return NEVER;
  return m.sends.flight?.deadline ?? m.sends.holdUntil;
}

function renewTime(m: Machine): number {
  return welcomed(m) === undefined ? NEVER : (m.renewAt ?? NEVER);
}

/** Does what is due. */
export function tick(m: Machine, moment: Moment): Step {
  return andThen(tickLink(m, moment), (state) => {
    if (welcomed(state) === undefined || state.renewAt === undefined || moment.now < state.renewAt)
      return stay(state);
    return stay({ ...state, renewAt: undefined }, { kind: 'renew' });
  });
}

function tickLink(m: Machine, moment: Moment): Step {
  switch (m.link.kind) {
    case 'idle':
    case 'offline':
    case 'closed':
      return stay(m);
    case 'connecting':
      if (moment.now < m.link.opening.deadline) return stay(m);
      return abortMain(m, timeoutReason(m.link.opening), 0, moment);
    case 'waiting':
      return moment.now < m.link.retryAt ? stay(m) : beginConnecting(m, moment);
    case 'replaying':
      return tickConn(m, m.link.conn, m.link.successor, moment);
    case 'live': {
      const { provenAt } = m.link.watch;
      const isProven = provenAt !== undefined && moment.now >= provenAt;
      const proven: Machine = isProven
        ? {
            ...m,
            retry: { ...m.retry, level: 0 },
            link: { ...m.link, watch: { ...m.link.watch, provenAt: undefined } },
          }
        : m;
      return tickConn(proven, m.link.conn, m.link.successor, moment);
    }
    default:
      return unreachable(m.link);
  }
}

function timeoutReason(opening: Opening): 'token_failed' | 'timeout' {
  return opening.stage === 'preparing' ? 'token_failed' : 'timeout';
}

function tickConn(m: Machine, conn: Conn, successor: Successor, moment: Moment): Step {
  if (moment.now >= silentAt(conn)) return abortMain(m, 'silence', 0, moment);
  switch (successor.kind) {
    case 'none':
      return stay(m);
    case 'scheduled':
      return moment.now < successor.at ? stay(m) : beginSuccessor(m, moment);
    case 'opening':
      if (moment.now < successor.opening.deadline) return stay(m);
      return dropSuccessor(m, successor.opening.id, moment);
    case 'replaying':
      return moment.now < silentAt(successor.conn) ? stay(m) : dropSuccessor(m, successor.conn.id, moment);
    default:
      return unreachable(successor);
  }
}

function dropSuccessor(m: Machine, id: number, moment: Moment): Step {
  return andThen(stay(m, ...drop(id, 'cut')), (state) => loseSuccessor(state, moment));
}

/** The page is looked at again: pauses end, and a connection that missed a heartbeat is not waited for. */
export function becameVisible(m: Machine, moment: Moment): Step {
  if (m.link.kind === 'waiting') return beginConnecting(m, moment);
  const conn = welcomed(m);
  if (conn === undefined || moment.now < conn.heardAt + conn.heartbeatMs + SILENCE_SLACK_MS) return stay(m);
  return abortMain(m, 'silence', 0, moment);
}

/** A wish to connect now: pauses end; a standing connection gets a successor. */
export function reconnectNow(m: Machine, moment: Moment): Step {
  switch (m.link.kind) {
    case 'waiting':
    case 'offline':
      return beginConnecting(m, moment);
    case 'replaying':
    case 'live':
      return m.link.successor.kind === NO_SUCCESSOR.kind || m.link.successor.kind === 'scheduled'
        ? beginSuccessor(m, moment)
        : stay(m);
    case 'idle':
    case 'connecting':
    case 'closed':
      return stay(m);
    default:
      return unreachable(m.link);
  }
}
