import { memo } from 'react';
import type { TimelineRow } from '../state/timeline.ts';
import { EventCells } from './event-cells.tsx';
import { MarkText } from './mark-text.tsx';

interface Props {
  readonly row: TimelineRow;
  /** In CSS pixels from the top of the list. */
  readonly top: number;
  readonly open: boolean;
  readonly active: boolean;
  readonly onToggle: (key: number) => void;
}

/** One row: an event, a gap, or what happened to the connection between two events. */
export const TimelineRowView = memo(function TimelineRowView({ row, top, open, active, onToggle }: Props) {
  const style = { transform: `translateY(${top}px)` };
  switch (row.kind) {
    case 'event':
      return (
        <button
          type="button"
          className="row"
          style={style}
          tabIndex={active ? 0 : -1}
          aria-expanded={open}
          data-key={row.key}
          data-seq={row.seq}
          data-link={row.link}
          data-replayed={row.replayed}
          onClick={() => onToggle(row.key)}
        >
          <EventCells row={row} />
        </button>
      );
    case 'gap':
      return (
        <p className="row mark" data-mark="gap" data-key={row.key} style={style} tabIndex={active ? 0 : -1}>
          gap: events after {row.from} up to {row.to} are gone ({row.reason})
        </p>
      );
    case 'mark':
      return (
        <p
          className="row mark"
          data-mark={row.mark.kind}
          data-key={row.key}
          style={style}
          tabIndex={active ? 0 : -1}
        >
          <MarkText mark={row.mark} />
        </p>
      );
  }
});
