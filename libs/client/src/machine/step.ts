import { unreachable, type Received } from '@longspan/protocol';
import type { HoldReason } from '../client-state.ts';
import { gone, NO_ABSENCE } from './absence.ts';
import { andThen, stay, type Step } from './effect.ts';
import type { Input, Moment, SingleFrame } from './input.ts';
import { connOf, mainId, successorId, welcomed, withConn, withSuccessor } from './connections.ts';
import { receivePing } from './heartbeat.ts';
import { abortMain, beginConnecting, closeAll, closedByPeer, dropAll } from './linking.ts';
import { opened, prepared, prepareFailed, receiveWelcome, tokenFailed } from './opening.ts';
import { receiveCaughtUp, receiveEntry, receiveError, receiveGap } from './receiving.ts';
import { abandon, committed, enqueue, pump, recall, refused, type SendsStep } from './sends.ts';
import type { Machine } from './state.ts';
import { becameVisible, reconnectNow, tick } from './timing.ts';

/** A token that could not be renewed is asked for again after this many milliseconds. */
const RENEW_RETRY_MS = 5_000;

/** The whole client as a function: what it does next, given what it is, what happened, and when. */
export function step(m: Machine, input: Input, moment: Moment): Step {
  const reaction = react(m, input, moment);
  if (reaction.state.sends.queue.length === 0) return reaction;
  return andThen(reaction, (state) => {
    const conn = welcomed(state);
    return conn === undefined
      ? stay(state)
      : sending(state, pump(state.sends, conn.id, conn.limits, moment.now));
  });
}

function react(m: Machine, input: Input, moment: Moment): Step {
  switch (input.kind) {
    case 'connect':
      return m.link.kind === 'idle' || m.link.kind === 'closed' ? begin(m, moment) : stay(m);
    case 'close':
      return m.link.kind === 'closed' ? stay(m) : closeAll(m, 'application');
    case 'cut':
      return mainId(m) === undefined ? stay(m) : cut(m, moment);
    case 'reconnect':
      return reconnectNow(m, moment);
    case 'hold':
      return hold(m, input.reason, moment);
    case 'release':
      return release(m, input.reason, moment);
    case 'send':
      return sending(m, enqueue(m.sends, input.command, m.link.kind === 'closed'));
    case 'abandon':
      return sending(m, abandon(m.sends, input.id));
    case 'handled':
      return reportReceived(m, input.session, input.events);
    case 'visible':
      return becameVisible(m, moment);
    case 'prepared':
      return prepared(m, input, moment);
    case 'prepare_failed':
      return prepareFailed(m, input.id, input.cause, moment);
    case 'renewed':
      return welcomed(m) === undefined ? stay(m) : renewed(m, input.token, input.renewAt);
    case 'renew_failed':
      if (welcomed(m) === undefined) return stay(m);
      return stay({ ...m, renewAt: moment.now + RENEW_RETRY_MS }, tokenFailed(input.cause));
    case 'opened':
      return opened(m, input.id, moment);
    case 'frame':
      return receive(heard(m, input.id, moment), input.id, input.frame, moment);
    case 'entry':
      return receiveEntry(m, input.id, input.entry, moment);
    case 'lost':
      return closedByPeer(m, input.id, input.code, moment);
    case 'tick':
      return tick(m, moment);
    default:
      return unreachable(input);
  }
}

function receive(m: Machine, id: number, frame: SingleFrame, moment: Moment): Step {
  switch (frame.type) {
    case 'welcome':
      return receiveWelcome(m, id, frame, moment);
    case 'gap':
      return receiveGap(m, id, frame, moment);
    case 'caught_up':
      return receiveCaughtUp(m, id, frame, moment);
    case 'ping':
      return receivePing(m, id, frame, moment);
    case 'sent':
      return id === mainId(m) ? sending(m, committed(m.sends, frame)) : stay(m);
    case 'error':
      if (frame.id === undefined) return receiveError(m, id, frame);
      return id === mainId(m) ? sending(m, refused(m.sends, frame, m.config.backoff, moment)) : stay(m);
    case 'drain':
      return drain(m, id, moment.now + moment.random * frame.reconnectWithinMs);
    default:
      return unreachable(frame);
  }
}

function heard(m: Machine, id: number, moment: Moment): Machine {
  const conn = connOf(m, id);
  return conn === undefined || conn.heardAt === moment.now
    ? m
    : withConn(m, { ...conn, heardAt: moment.now });
}

/** The edge goes down: a successor elsewhere, at a time of the client's own, so that not all come at once. */
function drain(m: Machine, id: number, at: number): Step {
  const conn = connOf(m, id);
  if (conn === undefined || conn.leaveAt !== undefined) return stay(m);
  const state = withConn(m, { ...conn, leaveAt: at });
  if (state.link.kind !== 'replaying' && state.link.kind !== 'live') return stay(state);
  const { link } = state;
  return stay(
    link.conn.id === id && link.successor.kind === 'none'
      ? withSuccessor(state, { kind: 'scheduled', at })
      : state,
  );
}

function begin(m: Machine, moment: Moment): Step {
  const absence = { ...NO_ABSENCE, violations: m.absence.violations };
  return beginConnecting({ ...m, absence, retry: { level: 0, attempt: 0, refusals: 0 } }, moment);
}

function cut(m: Machine, moment: Moment): Step {
  return abortMain(m, 'cut', 0, moment);
}

function hold(m: Machine, reason: HoldReason, moment: Moment): Step {
  if (m.link.kind === 'idle' || m.link.kind === 'closed') return stay(m);
  const before = m.link.kind === 'offline' ? m.link.reasons : [];
  if (before.includes(reason)) return stay(m);
  const state: Machine = {
    ...gone(m, moment.now),
    sends: recall(m.sends),
    link: { kind: 'offline', reasons: [...before, reason] },
  };
  return stay(state, ...dropAll(m, reason === 'slow_reader' ? 'close' : 'cut'));
}

function release(m: Machine, reason: HoldReason, moment: Moment): Step {
  if (m.link.kind !== 'offline') return stay(m);
  const reasons = m.link.reasons.filter((other) => other !== reason);
  return reasons.length === 0
    ? beginConnecting(m, moment)
    : stay({ ...m, link: { kind: 'offline', reasons } });
}

function renewed(m: Machine, token: string, renewAt: number | undefined): Step {
  const state = { ...m, renewAt };
  const ids = [mainId(m), successorId(m)].filter((id) => id !== undefined && connOf(m, id) !== undefined);
  return stay(
    state,
    ...ids.flatMap((id) =>
      id === undefined ? [] : [{ kind: 'transmit', id, frame: { type: 'auth', token } } as const],
    ),
  );
}

/** A connection that is gone, or whose edge does not take it, is told nothing. */
function reportReceived(m: Machine, session: string, events: Received['events']): Step {
  const conn = welcomed(m);
  if (conn === undefined || conn.session !== session || !conn.reportReceived) return stay(m);
  return stay(m, { kind: 'transmit', id: conn.id, frame: { type: 'received', events } });
}

function sending(m: Machine, done: SendsStep): Step {
  return done.sends === m.sends && done.effects.length === 0
    ? stay(m)
    : { state: { ...m, sends: done.sends }, effects: done.effects };
}
