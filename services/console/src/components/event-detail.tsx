import type { TimelineRow } from '../state/timeline.ts';
import { TraceLink } from './trace-link.tsx';
import { traceIdOf } from '../state/trace-id.ts';

interface Props {
  readonly row: TimelineRow | undefined;
  /** In CSS pixels from the top of the list. */
  readonly top: number;
}

/** The event as it came, below its row. */
export function EventDetail({ row, top }: Props) {
  if (row?.kind !== 'event') return null;
  return (
    <div className="row-detail" style={{ transform: `translateY(${top}px)` }}>
      <p>
        <TraceLink traceId={traceIdOf(row.event.traceparent)} label="Trace" /> received{' '}
        {new Date(row.receivedAtMs).toISOString()} from {row.edge}, position {row.epoch}-{row.seq}
      </p>
      <pre tabIndex={0}>{JSON.stringify(row.event, undefined, 2)}</pre>
    </div>
  );
}
