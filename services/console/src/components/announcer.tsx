import { useEffect, useRef, useState } from 'react';
import { activeRun } from '../state/chat-history.ts';
import type { Pane } from '../state/pane.ts';
import { stateWords } from './state-pill.tsx';

interface Props {
  readonly user: string;
  readonly pane: Pane;
}

/**
 * Says to screen readers what the eye sees: the connection's state, and an answer once it is whole. The pieces of an
 * answer are not read out one by one, nor what is replayed.
 */
export function Announcer({ user, pane }: Props) {
  const answer = useFreshAnswer(pane);
  return (
    <div className="visually-hidden">
      <p aria-live="polite">{`${user}: ${stateWords(pane.connection.state)}`}</p>
      <p aria-live="polite">{answer === '' ? '' : `Answer to ${user}: ${answer}`}</p>
    </div>
  );
}

/** The text of the latest run that was seen both working and ended while the connection was live. */
function useFreshAnswer({ chat, connection }: Pane): string {
  const working = useRef<string>(undefined);
  const [answer, setAnswer] = useState('');
  useEffect(() => {
    const ended = chat.runs.find((run) => run.runid === working.current && run.outcome.kind !== 'running');
    if (ended) setAnswer(ended.parts.map((part) => (part.kind === 'text' ? part.text : '')).join(' '));
    working.current = connection.state.kind === 'live' ? activeRun(chat)?.runid : undefined;
  }, [chat, connection]);
  return answer;
}
