import { BURST_EVENTS } from '../session/dev-actions.ts';
import { OFFLINE_MS, SLOW_INTERVAL_MS, type PaneSession } from '../session/pane-session.ts';
import type { Pane } from '../state/pane.ts';
import { Icon } from './icon.tsx';

interface Props {
  readonly pane: Pane;
  readonly session: PaneSession;
}

/** What one can do to the connection. None of it loses or repeats an event. */
export function ConnectionActions({ pane, session }: Props) {
  const { connection, reading } = pane;
  const up = connection.state.kind === 'live' || connection.state.kind === 'replaying';
  const slowly = reading.kind === 'slowly';
  return (
    <div className="actions" role="group" aria-label="Disturb it">
      {connection.state.kind === 'closed' && (
        <button type="button" onClick={() => session.connect()}>
          <Icon name="redo" /> Connect again
        </button>
      )}
      <button
        type="button"
        disabled={!up}
        onClick={() => session.cut()}
        title="Drop the socket without a goodbye"
      >
        <Icon name="scissors" /> Cut my connection
      </button>
      <button
        type="button"
        disabled={!up}
        onClick={() => session.goOffline()}
        title="Stay off the network for a while"
      >
        <Icon name="offline" /> Go offline {OFFLINE_MS / 1_000} s
      </button>
      <button
        type="button"
        disabled={!up || connection.url === undefined}
        onClick={() => session.killEdge()}
        title="SIGKILL to the edge that serves this pane; it is started again after a second"
      >
        <Icon name="bolt" /> Kill my edge
      </button>
      <button type="button" aria-pressed={slowly} onClick={() => session.readSlowly(!slowly)}>
        <Icon name="turtle" /> Read slowly
      </button>
      <button
        type="button"
        disabled={session.config.publishToken === ''}
        onClick={() => session.burst()}
        aria-label={`Publish ${BURST_EVENTS} events`}
        title={`Publish ${BURST_EVENTS} events for ${session.user} through the ingress`}
      >
        <Icon name="burst" /> {BURST_EVENTS} events
      </button>
      {slowly && (
        <p className="slowness">
          Processing on this page is slowed: one event every {SLOW_INTERVAL_MS} ms,{' '}
          <b data-fact="waiting">{reading.waiting} waiting</b> in the page's own queue. The socket is still
          being read; a browser cannot pause it.
        </p>
      )}
    </div>
  );
}
