import { formatPosition, parsePosition, type Welcome } from '@longspan/protocol';
import { errorRow, LongspanError } from '../longspan-error.ts';
import { NO_ABSENCE, reportOf } from './absence.ts';
import { andThen, stay, type Effect, type Step } from './effect.ts';
import type { Input, Moment } from './input.ts';
import { CONNECT_TIMEOUT_MS } from './limits.ts';
import { mainId, openingOf, withOpening, withSuccessor } from './connections.ts';
import { closeAll, drop, loseMain, loseSuccessor } from './linking.ts';
import { report } from './report.ts';
import { recall } from './sends.ts';
import { NO_SUCCESSOR, type Conn, type Machine } from './state.ts';

/** The token and the stored position are there: the socket is opened. */
export function prepared(m: Machine, input: Extract<Input, { kind: 'prepared' }>, moment: Moment): Step {
  const opening = openingOf(m, input.id);
  if (opening?.stage !== 'preparing') return stay(m);
  if (m.user !== undefined && input.user !== undefined && input.user !== m.user)
    return userChanged(m, input.user);
  const { id, url } = opening;
  const deadline = moment.now + CONNECT_TIMEOUT_MS;
  const state = withOpening(m, { stage: 'opening', id, url, deadline, token: input.token });
  const known = {
    user: m.user ?? input.user,
    position: m.position ?? input.stored,
    renewAt: m.config.renewable ? input.renewAt : undefined,
  };
  return stay({ ...state, ...known }, { kind: 'open', id, url });
}

/** There is no token, so there is no connection for now. */
export function prepareFailed(m: Machine, id: number, cause: unknown, moment: Moment): Step {
  if (openingOf(m, id)?.stage !== 'preparing') return stay(m);
  const failed = stay(m, tokenFailed(cause));
  return andThen(failed, (state) => loseOpening(state, id, moment));
}

/** The socket is open: the client says who it is and where it goes on. */
export function opened(m: Machine, id: number, moment: Moment): Step {
  const opening = openingOf(m, id);
  if (opening?.stage !== 'opening') return stay(m);
  const { url, token } = opening;
  const state = withOpening(m, { stage: 'greeting', id, url, deadline: moment.now + CONNECT_TIMEOUT_MS });
  const from = m.position === undefined ? m.config.from : formatPosition(m.position);
  const { client, reportReceived } = m.config;
  const willing = reportReceived === true ? { reportReceived } : {};
  const report = reportOf(m.absence, moment.now);
  const told = report === undefined ? {} : { report };
  const frame = { type: 'connect', token, from, client, ...willing, ...told } as const;
  return stay(state, { kind: 'transmit', id, frame });
}

/** The edge has taken the token: the connection stands, and replays. */
export function receiveWelcome(m: Machine, id: number, frame: Welcome, moment: Moment): Step {
  const opening = openingOf(m, id);
  const began = parsePosition(frame.position);
  if (opening?.stage !== 'greeting' || began === undefined) return stay(m);
  if (m.user !== undefined && frame.user !== m.user) return userChanged(m, frame.user);
  const { edge, session, heartbeatMs, limits } = frame;
  const { url } = opening;
  const heardAt = moment.now;
  const conn: Conn = {
    id,
    url,
    edge,
    session,
    heartbeatMs,
    limits,
    reportReceived: frame.reportReceived === true,
    began,
    epoch: began.epoch,
    brought: began.seq,
    caughtUp: false,
    behindSince: undefined,
    heardAt,
    leaveAt: undefined,
  };
  const common = {
    ...m,
    user: frame.user,
    position: m.position ?? began,
    retry: { ...m.retry, refusals: 0 },
    absence: NO_ABSENCE,
    stats: { ...m.stats, connections: m.stats.connections + 1 },
  };
  const main: Machine = { ...common, link: { kind: 'replaying', conn, successor: NO_SUCCESSOR } };
  if (mainId(m) !== id) {
    return hasBroughtNothing(m)
      ? stay({ ...main, sends: recall(m.sends) }, ...drop(mainId(m), 'close'))
      : stay(withSuccessor(common, { kind: 'replaying', conn }));
  }
  if (m.position !== undefined) return stay(main);
  return stay(main, { kind: 'save', user: frame.user, position: began });
}

/**
 * Whether the main connection replays and has brought nothing yet: then its successor replaces it at once. A replay of all that
 * is kept passes over what is discarded without a word, since nobody has had anything; beside a connection that brings
 * something, that would be a loss.
 */
function hasBroughtNothing({ link }: Machine): boolean {
  return link.kind === 'replaying' && link.conn.brought === link.conn.began.seq;
}

/** The attempt with this id came to nothing. */
function loseOpening(m: Machine, id: number, moment: Moment): Step {
  return id === mainId(m) ? loseMain(m, 'token_failed', 1, moment) : loseSuccessor(m, moment);
}

/** A position belongs to one user, and so does a client. */
function userChanged(m: Machine, user: string): Step {
  const change = report('user_changed', `${m.user ?? ''} became ${user}`);
  return andThen(stay(m, change), (state) => closeAll(state, 'user_changed'));
}

/** Why there is no token, or no stored position: an error of ours says itself what it is. */
export function tokenFailed(cause: unknown): Effect {
  if (cause instanceof LongspanError) {
    const { code, message, retryable } = cause;
    return { kind: 'report', code, message, retryable, cause: cause.cause };
  }
  const { meaning, retryable } = errorRow('token_failed');
  return { kind: 'report', code: 'token_failed', message: meaning, retryable, cause };
}
