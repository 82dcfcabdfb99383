import { useState } from 'react';
import { storedOperatorToken, storeOperatorToken } from '../../config/operator-token.ts';
import { useOperations } from '../../session/use-operations.ts';
import { attentionsOf, type Attention } from '../../state/attention.ts';
import type { Feed, OperationsView } from '../../state/operations.ts';
import { AgentsTable } from './agents-table.tsx';
import { AttentionList } from './attention-list.tsx';
import { EdgesTable } from './edges-table.tsx';
import { FeedPill } from './feed-pill.tsx';
import { GapsTable } from './gaps-table.tsx';
import { Plots } from './plots.tsx';
import { PublishersTable } from './publishers-table.tsx';
import { SlowTable } from './slow-table.tsx';
import { StreamsTable } from './streams-table.tsx';
import { TokenForm } from './token-form.tsx';

/** The whole system at a glance, once a second. */
export function OperationsPage() {
  const [token, setToken] = useState(storedOperatorToken);
  const view = useOperations(token);
  const { feed, latest } = view;
  const change = (next: string) => {
    storeOperatorToken(next);
    setToken(next);
  };
  return (
    <main className="operations" data-feed={feed.kind}>
      <header className="operations-head">
        <h2>Operations</h2>
        {latest && <p>as {latest.ingress} hears it</p>}
        <FeedPill feed={feed} />
      </header>
      {feed.kind === 'token_needed' ? (
        <TokenForm refused={feed.refused} onToken={change} />
      ) : (
        <>
          <AttentionList attentions={whatStandsOut(view)} />
          {latest && <Picture view={view} latest={latest} />}
        </>
      )}
    </main>
  );
}

function Picture({
  view,
  latest,
}: {
  readonly view: OperationsView;
  readonly latest: NonNullable<OperationsView['latest']>;
}) {
  const { atMs: nowMs, edges, ingresses, agents, streams, gaps, slow } = latest;
  return (
    <div className="picture">
      <Plots {...view} />
      <EdgesTable edges={edges} nowMs={nowMs} />
      <PublishersTable publishers={[...ingresses, ...agents]} nowMs={nowMs} />
      <div className="tables">
        <AgentsTable agents={agents} />
        <StreamsTable streams={streams} />
        <SlowTable slow={slow} />
        <GapsTable gaps={gaps} nowMs={nowMs} />
      </div>
    </div>
  );
}

/** Of what is old, nothing is said but that it is. */
function whatStandsOut({ feed, latest }: OperationsView): readonly Attention[] {
  if (feed.kind === 'live' && latest) return attentionsOf(latest);
  return [
    {
      weight: feed.kind === 'connecting' ? 'note' : 'bad',
      about: 'this page',
      text: sentence(feed, latest !== undefined),
    },
  ];
}

function sentence(feed: Feed, old: boolean): string {
  switch (feed.kind) {
    case 'lost':
      return `${feed.reason} Trying again${old ? '; what is below is how it was' : ''}.`;
    case 'absent':
      return 'This ingress shows its operations to nobody: it was started without LONGSPAN_OPERATIONS_TOKENS.';
    default:
      return 'Listening to the ingress…';
  }
}
