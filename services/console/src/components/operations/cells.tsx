import type { Percentiles, ProcessFacts } from '@longspan/protocol';
import { bytes, latency, timeSpan } from '../../state/figures.ts';
import type { Column } from './data-table.tsx';

/** A process's row, heard or silent. */
interface ProcessRow {
  readonly name: string;
  readonly startedMs: number;
  readonly silentMs: number;
  readonly now: ProcessFacts | null;
}

/** A pill beside a name. */
export function Tag({ weight, children }: { readonly weight: 'bad' | 'warn'; readonly children: string }) {
  return (
    <span className="tag" data-weight={weight}>
      {children}
    </span>
  );
}

/** Figures that are nothing to speak of are faint. */
export function Figure({ value, text }: { readonly value: number; readonly text: string }) {
  return <span data-nothing={value === 0}>{text}</span>;
}

/** Half, nine in ten, and ninety-nine in a hundred are faster. */
export function PercentilesCell({ of }: { readonly of: Percentiles | null }) {
  if (of === null) return <span data-nothing>—</span>;
  return (
    <span className="percentiles">
      {[of.p50, of.p90, of.p99].map((ms, at) => (
        <span key={at}>{latency(ms)}</span>
      ))}
    </span>
  );
}

export const silenceOf = ({ now, silentMs }: ProcessRow): string | undefined =>
  now === null ? `Silent for ${timeSpan(silentMs)}` : undefined;

/** What every process's row ends with. */
export function processColumns<Row extends ProcessRow>(nowMs: number): readonly Column<Row>[] {
  return [
    {
      heading: 'Loop',
      title: 'How late the event loop is: the 99th percentile of a second',
      cell: ({ now }) => (now === null ? '' : latency(now.loopDelayMs)),
    },
    { heading: 'Memory', cell: ({ now }) => (now === null ? '' : bytes(now.memoryBytes)) },
    { heading: 'Up', title: 'Since its start', cell: ({ startedMs }) => timeSpan(nowMs - startedMs) },
  ];
}
