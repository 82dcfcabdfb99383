import type { Operations } from '@longspan/protocol';
import { bytes } from '../../state/figures.ts';
import { DataTable, type Column } from './data-table.tsx';

type SlowReader = Operations['slow'][number];

const COLUMNS: readonly Column<SlowReader>[] = [
  { heading: 'Session', text: true, cell: ({ session }) => <code>{session}</code> },
  { heading: 'Waiting', title: 'Bytes in its outbox', cell: ({ outboxBytes }) => bytes(outboxBytes) },
  { heading: 'State', text: true, cell: ({ state }) => state },
  { heading: 'By', text: true, cell: ({ transport }) => transport },
];

/** The sessions for which the most bytes wait. */
export function SlowTable({ slow }: { readonly slow: readonly SlowReader[] }) {
  return (
    <DataTable
      title="Slow readers"
      columns={COLUMNS}
      rows={slow}
      keyOf={({ session }) => session}
      empty="Everybody keeps up."
    />
  );
}
