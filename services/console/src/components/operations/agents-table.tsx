import type { AgentFacts, AgentReport } from '@longspan/protocol';
import { amount } from '../../state/figures.ts';
import { Figure, silenceOf } from './cells.tsx';
import { DataTable, type Column } from './data-table.tsx';

export function AgentsTable({ agents }: { readonly agents: readonly AgentReport[] }) {
  const columns: readonly Column<AgentReport>[] = [
    { heading: 'Agent', text: true, cell: ({ name }) => name },
    figure('Runs', 'Under way', ({ runs }) => runs),
    figure('Backlog', 'Commands of all that nobody has taken yet', ({ backlog }) => backlog),
    figure('Completed', 'Runs since its start', ({ completed }) => completed),
    figure('Failed', 'Runs since its start', ({ failedRuns }) => failedRuns),
    figure('Again', 'Commands that came again, since its start', ({ redeliveries }) => redeliveries),
    figure('Dead', 'Commands that were given up, since its start', ({ dead }) => dead),
  ];
  return (
    <DataTable
      title="Agents"
      columns={columns}
      rows={agents}
      keyOf={({ name }) => name}
      silent={silenceOf}
      empty="No agent is heard."
    />
  );
}

function figure(
  heading: string,
  title: string,
  of: (facts: AgentFacts) => number | null,
): Column<AgentReport> {
  return {
    heading,
    title,
    cell: ({ now }) => {
      const value = now && of(now);
      return value === null ? <span data-nothing>—</span> : <Figure value={value} text={amount(value)} />;
    },
  };
}
