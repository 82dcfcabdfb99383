import type { StreamReport } from '@longspan/protocol';
import { amount, bytes } from '../../state/figures.ts';
import { DataTable, type Column } from './data-table.tsx';

const COLUMNS: readonly Column<StreamReport>[] = [
  { heading: 'Stream', text: true, cell: ({ stream }) => stream },
  {
    heading: 'Replicas',
    title: 'The leader is set in bold; one that is struck out is away or behind',
    text: true,
    cell: (stream) => stream.kind === 'led' && <Replicas stream={stream} />,
  },
  { heading: 'Messages', cell: (stream) => stream.kind === 'led' && amount(stream.messages) },
  { heading: 'Size', cell: (stream) => stream.kind === 'led' && bytes(stream.bytes) },
];

/** NATS' streams. */
export function StreamsTable({ streams }: { readonly streams: readonly StreamReport[] | null }) {
  return (
    <DataTable
      title="NATS streams"
      columns={COLUMNS}
      rows={streams ?? []}
      keyOf={({ stream }) => stream}
      silent={({ kind }) => (kind === 'leaderless' ? 'No leader: it takes nothing' : undefined)}
      empty="NATS does not say how they are."
    />
  );
}

function Replicas({ stream }: { readonly stream: StreamReport & { readonly kind: 'led' } }) {
  // A server that is no cluster has no name to lead by.
  if (stream.leader === '') return <span data-nothing>one server</span>;
  return (
    <ul className="replicas">
      {stream.replicas.map(({ name, current }) => (
        <li key={name} data-leader={name === stream.leader} data-current={current}>
          {name}
          <span className="visually-hidden">
            {name === stream.leader ? ', leads' : current ? '' : ', away or behind'}
          </span>
        </li>
      ))}
    </ul>
  );
}
