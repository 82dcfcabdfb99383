import type { EdgeFacts, EdgeReport } from '@longspan/protocol';
import { amount, bytes } from '../../state/figures.ts';
import { Figure, PercentilesCell, processColumns, silenceOf, Tag } from './cells.tsx';
import { DataTable, type Column } from './data-table.tsx';

interface Props {
  readonly edges: readonly EdgeReport[];
  readonly nowMs: number;
}

export function EdgesTable({ edges, nowMs }: Props) {
  const columns: readonly Column<EdgeReport>[] = [
    {
      heading: 'Edge',
      text: true,
      cell: ({ name, now }) => (
        <>
          {name} {now?.draining === true && <Tag weight="warn">draining</Tag>}
        </>
      ),
    },
    figure('Sessions', 'On this edge now', ({ sessions }) => [allOf(sessions), amount]),
    figure('Lagging', 'Sessions that read slower than events come', ({ sessions }) => [
      sessions.lagging,
      amount,
    ]),
    figure('Users', 'With a session on this edge', ({ users }) => [users, amount]),
    figure('Delivered /s', 'Events a second, as they happen', ({ delivered }) => [delivered, amount]),
    figure('Replayed /s', 'Events a second, from the log', ({ replayed }) => [replayed, amount]),
    {
      heading: 'p50 · p90 · p99',
      title: 'From publish to socket',
      cell: ({ now }) => <PercentilesCell of={now?.deliveryMs ?? null} />,
    },
    figure('Outbox', 'Bytes that wait for slow sockets', ({ outboxBytes }) => [outboxBytes, bytes]),
    figure('Gaps', 'Told since its start', ({ gaps }) => [gaps, amount]),
    ...processColumns<EdgeReport>(nowMs),
  ];
  return (
    <DataTable
      title="Edges"
      columns={columns}
      rows={edges}
      keyOf={({ name }) => name}
      silent={silenceOf}
      empty="No edge is heard."
    />
  );
}

function figure(
  heading: string,
  title: string,
  of: (facts: EdgeFacts) => readonly [value: number, show: (value: number) => string],
): Column<EdgeReport> {
  return {
    heading,
    title,
    cell: ({ now }) => {
      if (now === null) return '';
      const [value, show] = of(now);
      return <Figure value={value} text={show(value)} />;
    },
  };
}

function allOf({ joining, replaying, live, lagging }: EdgeFacts['sessions']): number {
  return joining + replaying + live + lagging;
}
