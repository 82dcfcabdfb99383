import type { PendingSend } from '../state/chat-history.ts';
import { Icon } from './icon.tsx';

interface Props {
  readonly send: PendingSend;
  readonly connected: boolean;
}

/** A message that no agent has taken up yet. */
export function PendingMessage({ send, connected }: Props) {
  return (
    <article className="turn" data-pending={send.state.kind} data-command={send.id}>
      <p className="said">{send.text}</p>
      <Fate send={send} connected={connected} />
    </article>
  );
}

function Fate({ send: { state }, connected }: Props) {
  switch (state.kind) {
    case 'queued':
      return (
        <p className="fate">
          <Icon name="clock" /> {connected ? 'Sending' : 'Waits for the connection'}
        </p>
      );
    case 'committed':
      return (
        <p className="fate">
          <Icon name="tick" /> Committed; an agent takes it next
        </p>
      );
    case 'refused':
      return (
        <p className="fate" data-bad>
          <Icon name="cross" /> Not sent: {state.reason}
        </p>
      );
  }
}
