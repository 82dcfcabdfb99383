import { useState } from 'react';
import type { PaneSession } from '../session/pane-session.ts';
import { randomId } from '../session/random-id.ts';
import { activeRun, latestThread } from '../state/chat-history.ts';
import type { Pane } from '../state/pane.ts';
import { ChatLog } from './chat-log.tsx';
import { Composer } from './composer.tsx';
import { Icon } from './icon.tsx';

interface Props {
  readonly pane: Pane;
  readonly session: PaneSession;
}

/** The conversation with the agent. A message goes to the latest conversation unless a new one was asked for. */
export function ChatView({ pane, session }: Props) {
  const [freshThread, setFreshThread] = useState<string>();
  const { chat } = pane;
  const latest = latestThread(chat);
  const send = (text: string) => {
    session.send(text, freshThread ?? latest ?? randomId());
    setFreshThread(undefined);
  };
  return (
    <section className="chat" aria-label="Chat">
      <header className="section-head">
        <h2>Chat</h2>
        {latest !== undefined && (
          <button
            type="button"
            className="quiet"
            aria-pressed={freshThread !== undefined}
            onClick={() => setFreshThread(freshThread === undefined ? randomId() : undefined)}
          >
            <Icon name="plus" /> New conversation
          </button>
        )}
      </header>
      <ChatLog pane={pane} onSuggestion={send} />
      <Composer
        placeholder={
          freshThread === undefined ? 'Message the agent' : 'Message the agent in a new conversation'
        }
        active={activeRun(chat)?.runid}
        onSend={send}
        onStop={(runid) => session.stop(runid)}
      />
    </section>
  );
}
