import type { Dashboard } from './dashboard.ts';
import { figure, heatmap, percentile, percentiles, plot, query } from './panel.ts';

const R = '[$__rate_interval]';
const LATENCY = 'longspan_edge_delivery_latency_seconds';

/** Whether the promises are kept, as users and clients would see it. */
export const deliveryQuality: Dashboard = {
  name: 'delivery-quality',
  title: 'delivery quality',
  says: 'Whether the promises are kept: on time, in order, without gaps; what clients go through; how it compares with the baseline.',
  rows: [
    {
      title: 'Promises',
      height: 4,
      panels: [
        figure(
          'Within 1 s, now',
          'percentunit',
          'Deliveries of the last five minutes within a second. Objective: 99.9 %.',
          [query('1 - longspan:delivery_slow:ratio_rate5m', 'on time')],
          {
            thresholds: [
              { at: 0, colour: 'red' },
              { at: 0.99, colour: 'yellow' },
              { at: 0.999, colour: 'green' },
            ],
          },
        ),
        figure(
          'Within 1 s, 3 days',
          'percentunit',
          'Objective: 99.9 %.',
          [query('1 - longspan:delivery_slow:ratio_rate3d', 'on time')],
          {
            thresholds: [
              { at: 0, colour: 'red' },
              { at: 0.999, colour: 'green' },
            ],
          },
        ),
        figure(
          'Out of order, 24 h',
          'none',
          'As clients report it (G1). None is ever right.',
          [query('sum(increase(longspan_client_violations_total[24h]))', 'violations')],
          { thresholds: [{ at: 0.5, colour: 'red' }] },
        ),
        figure(
          'Log rolled back, 24 h',
          'none',
          'Gaps told because the stream lost its tail or was made anew: committed events are gone.',
          [query('sum(increase(longspan_edge_gaps_total{reason=~"rewound|reset"}[24h]))', 'gaps')],
          { thresholds: [{ at: 0.5, colour: 'red' }] },
        ),
        figure(
          'Expired before their return, 24 h',
          'none',
          'Gaps told to clients that were away for longer than events are kept.',
          [query('sum(increase(longspan_edge_gaps_total{reason="expired"}[24h]))', 'gaps')],
          { thresholds: [{ at: 10, colour: 'yellow' }] },
        ),
      ],
    },
    {
      title: 'On time',
      height: 9,
      panels: [
        heatmap(
          'Delivery latency',
          's',
          'All deliveries that are not replays, by how long they took from publish to the socket write.',
          [{ ...query(`sum by (le) (rate(${LATENCY}_bucket${R}))`, '{{le}}'), format: 'heatmap' }],
        ),
        plot(
          'Percentiles',
          's',
          'Over all edges.',
          [...percentiles(LATENCY), percentile(LATENCY, 0.999, 'p99.9')],
          {
            thresholds: [{ at: 1, colour: 'red' }],
          },
        ),
        plot(
          'Later than 1 s',
          'percentunit',
          'Objective: 0.1 % at most.',
          [
            query('longspan:delivery_slow:ratio_rate5m', 'over 5 min'),
            query('longspan:delivery_slow:ratio_rate1h', 'over 1 h'),
          ],
          { thresholds: [{ at: 0.001, colour: 'red' }] },
        ),
      ],
    },
    {
      title: 'In order, without gaps',
      height: 8,
      panels: [
        plot(
          'Gaps told',
          'none',
          'Within 5 minutes. expired: away for too long. rewound, reset: the log lost events.',
          [query('sum by (reason) (increase(longspan_edge_gaps_total[5m]))', '{{reason}}')],
        ),
        plot(
          'Live copies lost and found',
          'eps',
          'By the next event (chain break) or by the next sync round. Nothing is lost, but these came late.',
          [
            query(`sum(rate(longspan_edge_chain_breaks_total${R}))`, 'chain breaks'),
            query(`sum(rate(longspan_edge_sync_found_total${R}))`, 'found by rounds'),
          ],
        ),
        plot(
          'Live and replayed',
          'eps',
          'Replays are what clients missed while they were away.',
          [query(`sum by (how) (rate(longspan_edge_delivered_total${R}))`, '{{how}}')],
          { isStacked: true },
        ),
      ],
    },
    {
      title: 'What clients go through',
      height: 8,
      panels: [
        plot(
          'Reconnects for each session',
          'percentunit',
          'Within a minute, as clients report them.',
          [
            query(
              'sum(increase(longspan_client_reconnects_total[1m])) / sum(longspan_edge_sessions)',
              'reconnects',
            ),
          ],
          { thresholds: [{ at: 0.2, colour: 'red' }] },
        ),
        plot(
          'How long a reconnect takes',
          's',
          'From the loss of a connection to the next welcome, as clients report it: tunnels and closed laptops included.',
          percentiles('longspan_client_reconnect_duration_seconds'),
        ),
        plot(
          'Why sessions end',
          'ops',
          'client: it went by itself.',
          [query(`sum by (reason) (rate(longspan_edge_closes_total${R}))`, '{{reason}}')],
          { isStacked: true },
        ),
      ],
    },
    {
      title: 'Beside the baseline',
      height: 8,
      panels: [
        plot('p99 of an hour', 's', 'Above twice the baseline for long it is a regression.', [
          query('longspan:delivery_latency_seconds:p99_1h', 'p99'),
          query('longspan:baseline:delivery_latency_seconds_p99', 'baseline'),
        ]),
        plot(
          'Events for a second of work',
          'short',
          'What an edge delivers while its event loop is busy for a second. It counts only while an edge is busy: below half of the baseline for long it is a regression.',
          [
            query('instance:longspan_edge_delivered:per_busy_second_1h', '{{instance}}'),
            query('longspan:baseline:edge_delivered_per_busy_second', 'baseline'),
          ],
        ),
      ],
    },
  ],
};
