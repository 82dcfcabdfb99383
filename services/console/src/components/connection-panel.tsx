import type { PaneSession } from '../session/pane-session.ts';
import type { Pane } from '../state/pane.ts';
import { Bridge } from './bridge.tsx';
import { ConnectionActions } from './connection-actions.tsx';
import { ConnectionFacts } from './connection-facts.tsx';

interface Props {
  readonly pane: Pane;
  readonly session: PaneSession;
}

/** Where the user's events come from just now, and the buttons that disturb it. */
export function ConnectionPanel({ pane, session }: Props) {
  return (
    <section className="connection" aria-label="Connection">
      <Bridge user={session.user} edges={session.config.edges} connection={pane.connection} />
      <ConnectionFacts pane={pane} />
      <ConnectionActions pane={pane} session={session} />
    </section>
  );
}
