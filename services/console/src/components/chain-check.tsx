import { medianLatencyMs, type Timeline } from '../state/timeline.ts';
import { Icon } from './icon.tsx';

/** The page's own verdict on what it received: how much, how fast, and the faults, which stay at 0. */
export function ChainCheck({ timeline }: { readonly timeline: Timeline }) {
  const { counts } = timeline;
  const faults = counts.duplicates + counts.outOfOrder + counts.broken;
  const median = medianLatencyMs(timeline);
  return (
    <dl className="chain-check" data-ok={faults === 0}>
      <div>
        <dt>events</dt>
        <dd data-count="events">{counts.events}</dd>
      </div>
      <div title="Median delivery latency of the latest live events, from the publisher's clock to this page's">
        <dt>median</dt>
        <dd data-count="median">{median === undefined ? '—' : `${Math.round(median)} ms`}</dd>
      </div>
      <Fault name="duplicates" label="repeated" count={counts.duplicates} />
      <Fault name="outOfOrder" label="out of order" count={counts.outOfOrder} />
      <Fault name="broken" label="missing" count={counts.broken} />
      <div className="verdict">
        <dt className="visually-hidden">chain</dt>
        <dd>
          <Icon name={faults === 0 ? 'tick' : 'cross'} /> {faults === 0 ? 'unbroken' : 'broken'}
        </dd>
      </div>
    </dl>
  );
}

function Fault({
  name,
  label,
  count,
}: {
  readonly name: string;
  readonly label: string;
  readonly count: number;
}) {
  return (
    <div data-bad={count > 0}>
      <dt>{label}</dt>
      <dd data-count={name}>{count}</dd>
    </div>
  );
}
