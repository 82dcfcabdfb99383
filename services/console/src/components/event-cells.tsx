import type { EventRow, Link } from '../state/timeline.ts';
import { Icon } from './icon.tsx';

const LINK_WORDS: Record<Link, string> = {
  first: 'the first event that this page received',
  linked: 'follows the event before it',
  duplicate: 'was received before',
  out_of_order: 'comes after a later one',
  broken: 'does not follow the event before it',
};

const FAMILIES: Partial<Record<string, string>> = {
  agent_started: 'life',
  agent_completed: 'life',
  agent_failed: 'failure',
  agent_thinking: 'thought',
  agent_output: 'output',
  tool_executing: 'tool',
  tool_completed: 'tool',
};

/** How many colours the edges share. */
const EDGE_COLOURS = 6;

/** The cells of an event's row. */
export function EventCells({ row }: { readonly row: EventRow }) {
  const fault = row.link === 'duplicate' || row.link === 'out_of_order' || row.link === 'broken';
  return (
    <>
      <span className="cell-link" data-ok={!fault} title={`#${row.seq} ${LINK_WORDS[row.link]}`}>
        <Icon name={fault ? 'cross' : 'tick'} />
        <span className="visually-hidden">{LINK_WORDS[row.link]}</span>
      </span>
      <span className="cell-seq">{row.seq}</span>
      <span className="cell-prev" title={`previous: ${row.prev}`}>
        ←{row.prev}
      </span>
      <span className="cell-type" data-family={FAMILIES[row.event.type] ?? 'other'}>
        {row.event.type}
      </span>
      <span className="cell-latency">
        {row.latencyMs === undefined ? <LatencyMissing row={row} /> : `${row.latencyMs} ms`}
      </span>
      <span className="cell-edge" data-colour={colourOf(row.edge)} title={`served by ${row.edge}`}>
        {row.edge}
      </span>
    </>
  );
}

function LatencyMissing({ row }: { readonly row: EventRow }) {
  return row.replayed ? <em>replay</em> : '—';
}

/** Neighbouring names, such as edge-1 and edge-2, get different colours. */
function colourOf(edge: string): number {
  let sum = 0;
  for (const char of edge) sum += char.codePointAt(0) ?? 0;
  return sum % EDGE_COLOURS;
}
