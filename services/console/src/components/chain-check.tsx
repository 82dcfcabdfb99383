import { medianLatencyMs, type Timeline } from '../state/timeline.ts';
import { Icon } from './icon.tsx';

/** The page's own verdict on what it received. */
export function ChainVerdict({ timeline: { counts } }: { readonly timeline: Timeline }) {
  const ok = counts.duplicates + counts.outOfOrder + counts.broken === 0;
  return (
    <p className="verdict" data-ok={ok}>
      <Icon name={ok ? 'tick' : 'cross'} /> {ok ? 'chain unbroken' : 'chain broken'}
    </p>
  );
}

/** How fast events came, and the faults, which stay at 0. */
export function ChainCounts({ timeline }: { readonly timeline: Timeline }) {
  const { counts } = timeline;
  const median = medianLatencyMs(timeline);
  return (
    <dl className="counts">
      <Count
        name="median"
        label="median latency"
        value={median === undefined ? '—' : `${Math.round(median)} ms`}
      />
      <Count name="duplicates" label="repeated" value={counts.duplicates} fault />
      <Count name="outOfOrder" label="out of order" value={counts.outOfOrder} fault />
      <Count name="broken" label="missing" value={counts.broken} fault />
      {counts.gaps > 0 && <Count name="gaps" label="gaps" value={counts.gaps} />}
    </dl>
  );
}

interface CountProps {
  readonly name: string;
  readonly label: string;
  readonly value: number | string;
  /** Anything but 0 is a fault. */
  readonly fault?: boolean;
}

function Count({ name, label, value, fault = false }: CountProps) {
  return (
    <div className={fault && value !== 0 ? 'fault' : undefined}>
      <dt>{label}</dt>
      <dd data-count={name}>{value}</dd>
    </div>
  );
}
