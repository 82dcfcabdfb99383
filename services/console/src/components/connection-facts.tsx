import type { Pane } from '../state/pane.ts';

/** The facts of the connection, as name and value. */
export function ConnectionFacts({ pane }: { readonly pane: Pane }) {
  const { serving, reconnects, lastReconnectMs, outageSinceMs } = pane.connection;
  const { last } = pane.timeline;
  return (
    <dl className="facts">
      <div>
        <dt>Edge</dt>
        <dd data-fact="edge">{outageSinceMs === undefined ? (serving?.edge ?? '—') : '—'}</dd>
      </div>
      <div>
        <dt>Position</dt>
        <dd data-fact="position" title={last && `${last.epoch}-${last.seq}`}>
          {last ? <Shortened head={`${last.epoch}-`} tail={String(last.seq)} /> : '—'}
        </dd>
      </div>
      <div>
        <dt>Session</dt>
        <dd data-fact="session" title={serving?.session}>
          {serving?.session.slice(0, 8) ?? '—'}
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

/** A long text whose end matters: the head gives way. */
function Shortened({ head, tail }: { readonly head: string; readonly tail: string }) {
  return (
    <span className="shortened">
      <span>{head}</span>
      <span>{tail}</span>
    </span>
  );
}

/** Milliseconds, and from a second on seconds. */
export function duration(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
