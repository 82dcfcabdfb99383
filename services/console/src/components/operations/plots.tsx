import { amount, latency } from '../../state/figures.ts';
import type { OperationsView } from '../../state/operations.ts';
import { linearScale, logScale } from '../../state/plot.ts';
import { Plot, type Series } from './plot.tsx';

const RATES: readonly Series[] = [
  { name: 'delivered', colour: 'teal', valueOf: ({ delivered }) => delivered },
  { name: 'published', colour: 'plum', valueOf: ({ published }) => published },
  { name: 'replayed', colour: 'amber', valueOf: ({ replayed }) => replayed },
];

const LATENCIES: readonly Series[] = [
  { name: 'p50', colour: 'teal', valueOf: ({ deliveryMs }) => deliveryMs?.p50 ?? null },
  { name: 'p90', colour: 'blue', valueOf: ({ deliveryMs }) => deliveryMs?.p90 ?? null },
  { name: 'p99', colour: 'rose', valueOf: ({ deliveryMs }) => deliveryMs?.p99 ?? null },
];

const SESSIONS: readonly Series[] = [
  { name: 'live', colour: 'teal', valueOf: ({ sessions }) => sessions.live },
  { name: 'catching up', colour: 'blue', valueOf: ({ sessions }) => sessions.joining + sessions.replaying },
  { name: 'lagging', colour: 'amber', valueOf: ({ sessions }) => sessions.lagging },
];

/** The last five minutes of all edges and publishers together. */
export function Plots({ history, latest }: OperationsView) {
  const nowMs = latest?.atMs ?? 0;
  const common = { history, nowMs };
  return (
    <div className="plots">
      <Plot
        {...common}
        title="Events a second"
        series={RATES}
        scaleOf={linearScale}
        show={amount}
        empty="Nothing was heard yet"
      />
      <Plot
        {...common}
        title="From publish to socket"
        series={LATENCIES}
        scaleOf={logScale}
        show={latency}
        empty="Nothing was delivered in these five minutes"
      />
      <Plot
        {...common}
        title="Sessions"
        series={SESSIONS}
        scaleOf={linearScale}
        show={amount}
        empty="Nothing was heard yet"
      />
    </div>
  );
}
