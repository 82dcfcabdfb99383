import type { Feed } from '../../state/operations.ts';

/** What the pill says, and which of the states of a connection it is drawn as. */
const LOOKS: Record<Feed['kind'], { readonly words: string; readonly state: string }> = {
  connecting: { words: 'Connecting', state: 'connecting' },
  live: { words: 'Live', state: 'live' },
  lost: { words: 'Reconnecting', state: 'waiting' },
  token_needed: { words: 'Token needed', state: 'waiting' },
  absent: { words: 'Not available', state: 'closed' },
};

/** How the page hears of the system. */
export function FeedPill({ feed }: { readonly feed: Feed }) {
  const { words, state } = LOOKS[feed.kind];
  return (
    <span className="state-pill" data-state={state}>
      <i aria-hidden="true" />
      {words}
    </span>
  );
}
