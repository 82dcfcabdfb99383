import { unreachable } from '@longspan/protocol';
import type { ClientState } from '../client-state.ts';
import type { Machine } from './state.ts';

/** What an application sees of the machine. */
export function viewOf(m: Machine): ClientState {
  const { link } = m;
  switch (link.kind) {
    case 'idle':
      return { kind: 'idle' };
    case 'connecting':
      return { kind: 'connecting', url: link.opening.url, attempt: m.retry.attempt };
    case 'replaying':
      return { kind: 'replaying', edge: link.conn.edge, session: link.conn.session };
    case 'live':
      return { kind: 'live', edge: link.conn.edge, session: link.conn.session };
    case 'waiting':
      return { kind: 'waiting', attempt: m.retry.attempt, retryAtMs: link.retryAt, reason: link.reason };
    case 'offline':
      return { kind: 'offline', reasons: link.reasons };
    case 'closed':
      return { kind: 'closed', reason: link.reason };
    default:
      return unreachable(link);
  }
}

/** Whether two views say the same; asked for after every event, so it looks at the fields only. */
export function sameView(a: ClientState, b: ClientState): boolean {
  if (a.kind !== b.kind) return false;
  for (const name in a) if (Reflect.get(a, name) !== Reflect.get(b, name)) return false;
  return true;
}
