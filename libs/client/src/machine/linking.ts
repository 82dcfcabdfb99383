import { afterClose, CLOSE_CODES, type CloseReason } from '@longspan/protocol';
import { pauseMs } from '../backoff.ts';
import type { ClosedReason, LossReason } from '../client-state.ts';
import { gone, tried } from './absence.ts';
import { mainId, successorId, withSuccessor } from './connections.ts';
import { andThen, stay, type Effect, type Step } from './effect.ts';
import type { Moment } from './input.ts';
import { PREPARE_TIMEOUT_MS } from './limits.ts';
import { recall, refuseAll } from './sends.ts';
import { successorAfter, type Machine, type Opening } from './state.ts';

/** Starts an attempt at the next url. */
export function beginConnecting(m: Machine, moment: Moment): Step {
  const { opening, step } = beginOpening(m, moment);
  const retry = { ...m.retry, attempt: m.retry.attempt + 1 };
  return { state: { ...step.state, retry, link: { kind: 'connecting', opening } }, effects: step.effects };
}

/** Starts the successor of a replaying or live connection. */
export function beginSuccessor(m: Machine, moment: Moment): Step {
  const { opening, step } = beginOpening(m, moment);
  return { state: withSuccessor(step.state, { kind: 'opening', opening }), effects: step.effects };
}

function beginOpening(m: Machine, moment: Moment): { opening: Opening; step: Step } {
  const url = m.config.urls[m.nextUrl % m.config.urls.length] ?? '';
  const deadline = moment.now + PREPARE_TIMEOUT_MS;
  const opening: Opening = { stage: 'preparing', id: m.nextId, url, deadline };
  const state = { ...tried(m), nextId: m.nextId + 1, nextUrl: (m.nextUrl + 1) % m.config.urls.length };
  const fresh = m.retry.refusals > 0;
  const load = m.position === undefined;
  return { opening, step: stay(state, { kind: 'prepare', id: opening.id, fresh, load }) };
}

/** Another attempt: at once at level 0, else after a pause. `minLevel` 1 forbids "at once". */
function retry(m: Machine, reason: LossReason, minLevel: number, moment: Moment): Step {
  const level = Math.max(m.retry.level, minLevel);
  const next = { ...m, retry: { ...m.retry, level: level + 1 } };
  if (level === 0) return beginConnecting(next, moment);
  const retryAt = moment.now + pauseMs(m.config.backoff, level, moment.random);
  return stay({ ...next, link: { kind: 'waiting', retryAt, reason } });
}

/** The connection or the attempt is over; its successor takes its place, or another attempt is made. */
export function loseMain(m: Machine, reason: LossReason, minLevel: number, moment: Moment): Step {
  const recalled = { ...m, sends: recall(m.sends) };
  if (m.link.kind !== 'replaying' && m.link.kind !== 'live') return retry(recalled, reason, minLevel, moment);
  const { successor } = m.link;
  if (successor.kind === 'replaying' && !successor.conn.caughtUp) {
    return stay({
      ...recalled,
      link: { kind: 'replaying', conn: successor.conn, successor: successorAfter(successor.conn) },
    });
  }
  const state = gone(recalled, moment.now);
  if (successor.kind === 'replaying') {
    // It has not brought all that the lost one has: see `settle` in receiving.ts.
    return andThen(stay(state, ...drop(successor.conn.id, 'cut')), (next) =>
      retry(next, 'left_behind', 0, moment),
    );
  }
  if (successor.kind === 'opening') {
    return stay({ ...state, link: { kind: 'connecting', opening: successor.opening } });
  }
  return retry(state, reason, minLevel, moment);
}

/** The successor failed: another one is tried later, as long as the present connection lives. */
export function loseSuccessor(m: Machine, moment: Moment): Step {
  const level = Math.max(m.retry.level, 1);
  const at = moment.now + pauseMs(m.config.backoff, level, moment.random);
  const state = { ...m, retry: { ...m.retry, level: level + 1 } };
  return stay(withSuccessor(state, { kind: 'scheduled', at }));
}

/** Drops the main connection or attempt as dead and goes on from there. */
export function abortMain(m: Machine, reason: LossReason, minLevel: number, moment: Moment): Step {
  return andThen(stay(m, ...drop(mainId(m), 'cut')), (state) => loseMain(state, reason, minLevel, moment));
}

/** A socket closed: what follows is in the table of close codes. */
export function closedByPeer(m: Machine, id: number, code: number, moment: Moment): Step {
  const isMain = id === mainId(m);
  if (!isMain && id !== successorId(m)) return stay(m);
  const known = closeReason(code);
  const after = afterClose(code);
  if (known !== undefined && after === 'stay') return closeAll(m, known);
  if (known !== undefined && after === 'new_token') return refusedToken(m, isMain, known, moment);
  if (!isMain) return loseSuccessor(m, moment);
  const unopened = m.link.kind === 'connecting' && m.link.opening.stage === 'opening';
  const reason = known ?? (unopened ? 'connect_failed' : 'closed_by_peer');
  return loseMain(m, reason, known !== undefined && after === 'backoff' ? 1 : 0, moment);
}

function refusedToken(m: Machine, isMain: boolean, reason: CloseReason, moment: Moment): Step {
  if (!m.config.renewable) return closeAll(m, reason);
  const refusals = m.retry.refusals + 1;
  const state = { ...m, retry: { ...m.retry, refusals } };
  if (!isMain) return loseSuccessor(state, moment);
  if (refusals > 1) return loseMain(state, reason, 1, moment);
  return loseMain({ ...state, retry: { ...state.retry, level: 0 } }, reason, 0, moment);
}

function closeReason(code: number): CloseReason | undefined {
  const names = Object.keys(CLOSE_CODES) as CloseReason[];
  return names.find((name) => CLOSE_CODES[name].code === code);
}

/** Ends everything; only the application can connect again. */
export function closeAll(m: Machine, reason: ClosedReason): Step {
  const { sends, effects } = refuseAll(m.sends);
  const dropped = dropAll(m, 'close');
  const state: Machine = { ...m, sends, renewAt: undefined, link: { kind: 'closed', reason } };
  return stay(state, ...dropped, ...effects);
}

export function dropAll(m: Machine, how: 'close' | 'cut'): Effect[] {
  return [...drop(mainId(m), how), ...drop(successorId(m), how)];
}

export function drop(id: number | undefined, how: 'close' | 'cut'): Effect[] {
  return id === undefined ? [] : [{ kind: 'drop', id, how }];
}
