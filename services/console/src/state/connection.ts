import type { ClientState } from '@longspan/client';
import type { TimelineInput } from './timeline.ts';

/** What the connection panel shows: the client's state and what the page remembers about the connections before. */
export interface Connection {
  readonly state: ClientState;
  /** The address tried last; while a session stands, the one that serves it. */
  readonly url: string | undefined;
  readonly serving: Serving | undefined;
  /** What the edges that have served this pane call themselves, by address. */
  readonly edgeNames: Readonly<Record<string, string>>;
  /** When the last session ended, while none has caught up since; Unix milliseconds. */
  readonly outageSinceMs: number | undefined;
  readonly reconnects: number;
  /** From the loss of a session until the next one had caught up; 0 where the next one stood before. */
  readonly lastReconnectMs: number | undefined;
}

/** The latest session, whether it stands or not. */
interface Serving {
  readonly edge: string;
  readonly session: string;
  readonly caughtUp: boolean;
}

export const IDLE: Connection = {
  state: { kind: 'idle' },
  url: undefined,
  serving: undefined,
  edgeNames: {},
  outageSinceMs: undefined,
  reconnects: 0,
  lastReconnectMs: undefined,
};

/**
 * The connection after the client changed its state, and the marks that this leaves in the timeline.
 * @param servingUrl the address of the edge that serves the client, if one does.
 */
export function stepConnection(
  before: Connection,
  state: ClientState,
  servingUrl: string | undefined,
  atMs: number,
): { readonly connection: Connection; readonly marks: readonly TimelineInput[] } {
  const stood = before.state.kind === 'replaying' || before.state.kind === 'live';
  if (state.kind !== 'replaying' && state.kind !== 'live') {
    const url = state.kind === 'connecting' ? state.url : before.url;
    const lost: TimelineInput[] =
      stood && before.serving
        ? [{ kind: 'lost', edge: before.serving.edge, reason: reasonOf(state), atMs }]
        : [];
    const outageSinceMs = before.outageSinceMs ?? (before.state.kind === 'live' ? atMs : undefined);
    return { connection: { ...before, state, url, outageSinceMs }, marks: lost };
  }

  const { edge, session } = state;
  const caughtUp = state.kind === 'live';
  const fresh = before.serving?.session !== session;
  const url = servingUrl ?? before.url;
  const outageMs = before.outageSinceMs === undefined ? undefined : atMs - before.outageSinceMs;
  const marks: TimelineInput[] = [];
  if (fresh) marks.push({ kind: 'connected', edge, afterMs: outageMs, atMs });
  const catchesUp = caughtUp && (fresh || before.serving?.caughtUp !== true);
  if (catchesUp) marks.push({ kind: 'caught_up', atMs });
  const again = catchesUp && (outageMs !== undefined || before.serving?.caughtUp === true);
  return {
    connection: {
      state,
      url,
      serving: { edge, session, caughtUp: caughtUp || (!fresh && before.serving?.caughtUp === true) },
      edgeNames: url === undefined ? before.edgeNames : { ...before.edgeNames, [url]: edge },
      outageSinceMs: caughtUp ? undefined : before.outageSinceMs,
      reconnects: before.reconnects + (again ? 1 : 0),
      lastReconnectMs: again ? (outageMs ?? 0) : before.lastReconnectMs,
    },
    marks,
  };
}

function reasonOf(state: ClientState): string {
  switch (state.kind) {
    case 'waiting':
    case 'closed':
      return state.reason.replaceAll('_', ' ');
    case 'offline':
      return 'offline';
    default:
      return 'connection dropped';
  }
}
