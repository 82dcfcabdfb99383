import { Fragment } from 'react';
import type { Pane } from '../state/pane.ts';
import { Icon } from './icon.tsx';
import { PendingMessage } from './pending-message.tsx';
import { RunView } from './run-view.tsx';
import { Suggestions } from './suggestions.tsx';
import { useStickToEnd } from './use-stick-to-end.ts';

interface Props {
  readonly pane: Pane;
  readonly onSuggestion: (text: string) => void;
}

/** All runs in the order of the log, then what is on its way. It stays at its end unless one scrolls up. */
export function ChatLog({ pane, onSuggestion }: Props) {
  const { runs, sends } = pane.chat;
  const { ref, atEnd, toEnd, onScroll } = useStickToEnd<HTMLDivElement>(pane.chat);
  const up = pane.connection.state.kind === 'live' || pane.connection.state.kind === 'replaying';
  const empty = runs.length === 0 && sends.length === 0;
  return (
    <div className="chat-scroll">
      <div
        ref={ref}
        className="chat-log"
        role="log"
        aria-live="off"
        aria-label="Messages"
        tabIndex={0}
        onScroll={onScroll}
      >
        {empty && <Suggestions disabled={!up} onChoose={onSuggestion} />}
        {runs.map((run, index) => {
          const before = runs[index - 1];
          return (
            <Fragment key={run.runid}>
              {before && before.threadid !== run.threadid && <p className="divider">new conversation</p>}
              <RunView run={run} />
            </Fragment>
          );
        })}
        {sends.map((send) => (
          <PendingMessage key={send.id} send={send} connected={up} />
        ))}
      </div>
      {!atEnd && (
        <button type="button" className="to-end" onClick={toEnd}>
          <Icon name="down" /> Latest
        </button>
      )}
    </div>
  );
}
