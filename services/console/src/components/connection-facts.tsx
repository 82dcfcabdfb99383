import { duration } from '../state/duration.ts';
import type { Pane } from '../state/pane.ts';

/** The facts of the connection, as name and value. */
export function ConnectionFacts({ pane }: { readonly pane: Pane }) {
  const { serving, reconnects, lastReconnectMs, outageSinceMs } = pane.connection;
  const standing = outageSinceMs === undefined ? serving : undefined;
  const { last } = pane.timeline;
  const position = last ? `${last.epoch}-${last.seq}` : pane.position;
  return (
    <dl className="facts">
      <div>
        <dt>Edge</dt>
        <dd data-fact="edge">{standing?.edge ?? '—'}</dd>
      </div>
      <div>
        <dt>Position</dt>
        <dd data-fact="position" title={position}>
          {position === undefined ? '—' : <Shortened text={position} />}
        </dd>
      </div>
      <div>
        <dt>Session</dt>
        <dd data-fact="session" title={standing?.session}>
          {standing?.session ?? '—'}
        </dd>
      </div>
      <div>
        <dt>Reconnects</dt>
        <dd>
          <span data-fact="reconnects">{reconnects}</span>
          {lastReconnectMs !== undefined && <small> last took {duration(lastReconnectMs)}</small>}
        </dd>
      </div>
    </dl>
  );
}

/** A position: its epoch gives way where there is no room, its sequence does not. */
function Shortened({ text }: { readonly text: string }) {
  const at = text.indexOf('-') + 1;
  return (
    <span className="shortened">
      <span>{text.slice(0, at)}</span>
      <span>{text.slice(at)}</span>
    </span>
  );
}
