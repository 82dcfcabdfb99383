import { useState } from 'react';
import type { ConsoleConfig } from '../config/console-config.ts';
import { useLongspan } from '../session/use-longspan.ts';
import { Announcer } from './announcer.tsx';
import { ChatView } from './chat-view.tsx';
import { ConnectionPanel } from './connection-panel.tsx';
import { Icon } from './icon.tsx';
import { StatePill } from './state-pill.tsx';
import { TimelineView } from './timeline-view.tsx';
import { UserName } from './user-name.tsx';
import { ViewTabs, type View } from './view-tabs.tsx';

interface Props {
  readonly user: string;
  /** Which of the panes' colours is this one's. */
  readonly hue: number;
  /** Whether this is the pane to show where there is room for one. */
  readonly shown: boolean;
  readonly config: ConsoleConfig;
  readonly onRename: (user: string) => void;
  readonly onClose: (() => void) | undefined;
}

/** One user: a client of its own, its connection, its chat and its events. */
export function UserPane({ user, hue, shown, config, onRename, onClose }: Props) {
  const { pane, session } = useLongspan(user, config);
  const [view, setView] = useState<View>('chat');
  if (!session) return <section className="pane" data-hue={hue} data-shown={shown} aria-label={user} />;
  return (
    <section className="pane" data-hue={hue} data-shown={shown} data-user={user} aria-label={user}>
      <div className="pane-grid" data-view={view}>
        <div className="pane-head">
          <span className="avatar" aria-hidden="true">
            {Array.from(user)[0]}
          </span>
          <UserName user={user} onRename={onRename} />
          <StatePill connection={pane.connection} />
          {onClose && (
            <button
              type="button"
              className="quiet square"
              onClick={onClose}
              aria-label={`Close the pane of ${user}`}
            >
              <Icon name="cross" />
            </button>
          )}
        </div>
        {pane.notice !== undefined && (
          <p className="notice" role="status">
            <span>{pane.notice}</span>
            <button
              type="button"
              className="quiet square"
              onClick={() => session.dismissNotice()}
              aria-label="Dismiss"
            >
              <Icon name="cross" />
            </button>
          </p>
        )}
        <ConnectionPanel pane={pane} session={session} />
        <ChatView pane={pane} session={session} />
        <TimelineView timeline={pane.timeline} user={user} />
        <ViewTabs view={view} onView={setView} events={pane.timeline.counts.events} />
      </div>
      <Announcer user={user} pane={pane} />
    </section>
  );
}
