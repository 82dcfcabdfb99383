import type { AgentReport, PublisherReport } from '@longspan/protocol';
import { amount } from '../../state/figures.ts';
import { Figure, PercentilesCell, processColumns, silenceOf } from './cells.tsx';
import { DataTable, type Column } from './data-table.tsx';

interface Props {
  readonly publishers: readonly (PublisherReport | AgentReport)[];
  readonly nowMs: number;
}

/** Ingresses and agents: who publishes. */
export function PublishersTable({ publishers, nowMs }: Props) {
  const columns: readonly Column<PublisherReport>[] = [
    { heading: 'Publisher', text: true, cell: ({ name }) => name },
    {
      heading: 'Events /s',
      title: 'Committed',
      cell: ({ now }) => now && <Figure value={now.published} text={amount(now.published)} />,
    },
    {
      heading: 'Failed /s',
      title: 'Events a second that came to nothing',
      cell: ({ now }) => now && <Figure value={now.failed} text={amount(now.failed)} />,
    },
    {
      heading: 'p50 · p90 · p99',
      title: 'From the call to the commit',
      cell: ({ now }) => <PercentilesCell of={now?.publishMs ?? null} />,
    },
    {
      heading: 'Waiting',
      title: 'Publishes that wait for their commit',
      cell: ({ now }) => now && <Figure value={now.waiting} text={amount(now.waiting)} />,
    },
    {
      heading: 'Retries',
      title: 'Since its start',
      cell: ({ now }) => now && <Figure value={now.retries} text={amount(now.retries)} />,
    },
    ...processColumns<PublisherReport>(nowMs),
  ];
  return (
    <DataTable
      title="Publishers"
      columns={columns}
      rows={publishers}
      keyOf={({ name }) => name}
      silent={silenceOf}
      empty="No ingress and no agent is heard."
    />
  );
}
