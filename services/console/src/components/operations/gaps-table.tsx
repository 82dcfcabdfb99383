import type { Operations } from '@longspan/protocol';
import { timeSpan } from '../../state/figures.ts';
import { DataTable, type Column } from './data-table.tsx';

type Gap = Operations['gaps'][number];

interface Props {
  readonly gaps: Operations['gaps'];
  readonly nowMs: number;
}

const REASONS: Record<Gap['reason'], string> = {
  expired: 'no longer kept',
  reset: 'stream made anew',
  rewound: 'stream lost its tail',
};

/** The latest gaps that were told to clients. */
export function GapsTable({ gaps, nowMs }: Props) {
  const columns: readonly Column<Gap>[] = [
    { heading: 'When', text: true, cell: ({ atMs }) => `${timeSpan(nowMs - atMs)} ago` },
    { heading: 'Why', text: true, cell: ({ reason }) => REASONS[reason] },
    {
      heading: 'After',
      title: 'The position that the client had',
      text: true,
      cell: ({ from }) => <code>{from}</code>,
    },
    { heading: 'Up to', text: true, cell: ({ to }) => <code>{to}</code> },
    { heading: 'Session', text: true, cell: ({ session }) => <code>{session}</code> },
  ];
  return (
    <DataTable
      title="Recent gaps"
      columns={columns}
      rows={gaps}
      keyOf={({ session, atMs, from }) => `${session} ${atMs} ${from}`}
      empty="No client was told of a gap."
    />
  );
}
