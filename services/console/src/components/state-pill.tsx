import type { ClientState } from '@longspan/client';
import type { Connection } from '../state/connection.ts';

/** The client's state in a word or two; the colour is told by `data-state`. */
export function StatePill({ connection }: { readonly connection: Connection }) {
  const { state } = connection;
  return (
    <span className="state-pill" data-state={state.kind} title={`state: ${state.kind}`}>
      <i aria-hidden="true" />
      {stateWords(state)}
    </span>
  );
}

/** The state in words. */
export function stateWords(state: ClientState): string {
  switch (state.kind) {
    case 'idle':
      return 'Starting';
    case 'connecting':
      return 'Connecting';
    case 'replaying':
      return 'Catching up';
    case 'live':
      return 'Live';
    case 'waiting':
      return 'Reconnecting';
    case 'offline':
      return 'Offline';
    case 'closed':
      return `Closed: ${state.reason.replaceAll('_', ' ')}`;
  }
}
