import type { Dashboard } from './dashboard.ts';
import { percentile, percentiles, plot, query, states } from './panel.ts';

const R = '[$__rate_interval]';
const EDGE = 'instance=~"$instance"';

/** One edge, some, or all of them side by side. */
export const edges: Dashboard = {
  name: 'edges',
  title: 'edges',
  says: 'Edges side by side: sessions, load, slow readers, commands. Choose some at the top.',
  choosesEdges: true,
  rows: [
    {
      title: 'Sessions',
      height: 8,
      panels: [
        plot(
          'Sessions',
          'short',
          'Of each edge.',
          [query(`sum by (instance) (longspan_edge_sessions{${EDGE}})`, '{{instance}}')],
          { isStacked: true },
        ),
        plot(
          'By state',
          'short',
          'Of the chosen edges together.',
          [query(`sum by (state) (longspan_edge_sessions{${EDGE}})`, '{{state}}')],
          { isStacked: true },
        ),
        plot(
          'By transport',
          'short',
          'WebSocket or Server-Sent Events.',
          [query(`sum by (transport) (longspan_edge_sessions{${EDGE}})`, '{{transport}}')],
          { isStacked: true },
        ),
        plot('Users', 'short', 'Users with a session, of each edge.', [
          query(`longspan_edge_users{${EDGE}}`, '{{instance}}'),
        ]),
      ],
    },
    {
      title: 'Coming and going',
      height: 8,
      panels: [
        plot(
          'Connects, by where they begin',
          'ops',
          'position: they come back and go on. latest: they are new, or have lost their position.',
          [query(`sum by (start) (rate(longspan_edge_connects_total{${EDGE}}${R}))`, '{{start}}')],
        ),
        plot(
          'Closes, by reason',
          'ops',
          'client: it went by itself. draining: a deploy. silent: it no longer answered pings.',
          [query(`sum by (reason) (rate(longspan_edge_closes_total{${EDGE}}${R}))`, '{{reason}}')],
        ),
        plot('Refusals, by reason', 'ops', 'Connections that did not become sessions.', [
          query(`sum by (reason) (rate(longspan_edge_refusals_total{${EDGE}}${R}))`, '{{reason}}'),
        ]),
        states(
          'Draining',
          'none',
          'An edge that drains sends its clients elsewhere and takes no new ones.',
          [query(`1 - longspan_edge_draining{${EDGE}}`, '{{instance}}')],
          { states: { 0: 'draining', 1: 'serving' } },
        ),
      ],
    },
    {
      title: 'Load',
      height: 8,
      panels: [
        plot('Delivered', 'eps', 'Events written to sockets, live and replayed.', [
          query(`sum by (instance) (rate(longspan_edge_delivered_total{${EDGE}}${R}))`, '{{instance}}'),
        ]),
        plot('Bytes', 'Bps', 'Bytes of events written to sockets.', [
          query(
            `sum by (instance) (rate(longspan_edge_delivered_size_bytes_total{${EDGE}}${R}))`,
            '{{instance}}',
          ),
        ]),
        plot(
          'How busy',
          'percentunit',
          'The part of the time in which the event loop works.',
          [
            query(
              `sum by (instance) (rate(nodejs_eventloop_time_seconds_total{${EDGE},job="longspan-edge",nodejs_eventloop_state="active"}${R}))`,
              '{{instance}}',
            ),
          ],
          {
            thresholds: [
              { at: 0.7, colour: 'orange' },
              { at: 0.9, colour: 'red' },
            ],
          },
        ),
        plot(
          'How late the event loop is, p99',
          's',
          'About 10 ms of it is the resolution of the measurement.',
          [query(`nodejs_eventloop_delay_p99_seconds{${EDGE},job="longspan-edge"}`, '{{instance}}')],
          { thresholds: [{ at: 0.1, colour: 'red' }] },
        ),
      ],
    },
    {
      title: 'Slow readers and memory',
      height: 8,
      panels: [
        plot('Memory', 'bytes', 'Resident memory of each edge.', [
          query(`process_memory_usage_bytes{${EDGE},job="longspan-edge"}`, '{{instance}}'),
        ]),
        plot('Bytes that wait for slow sockets', 'bytes', 'All sessions of an edge together.', [
          query(`longspan_edge_outbox_bytes{${EDGE}}`, '{{instance}}'),
        ]),
        plot(
          'The most that waits for one',
          'bytes',
          'Bounded by LONGSPAN_OUTBOX_BYTES_MAX (1 MiB) plus one page.',
          [query(`longspan_edge_outbox_largest_bytes{${EDGE}}`, '{{instance}}')],
        ),
        plot('Lagging sessions', 'short', 'Slow readers that are caught up from the stream.', [
          query(`sum by (instance) (longspan_edge_sessions{${EDGE},state="lagging"})`, '{{instance}}'),
        ]),
      ],
    },
    {
      title: 'Delivery and commands',
      height: 8,
      panels: [
        plot(
          'Delivery latency, p99',
          's',
          'From publish to the socket write. One edge above the others: look at its machine.',
          [
            percentile(
              'longspan_edge_delivery_latency_seconds',
              0.99,
              '{{instance}}',
              `{${EDGE}}`,
              'instance',
            ),
          ],
          { thresholds: [{ at: 1, colour: 'red' }] },
        ),
        plot('Commands from clients, by outcome', 'ops', 'sent: committed. duplicate: it had been before.', [
          query(`sum by (outcome) (rate(longspan_edge_sends_total{${EDGE}}${R}))`, '{{outcome}}'),
        ]),
        plot(
          'How long a command takes',
          's',
          'From the frame to its commit.',
          percentiles('longspan_edge_send_duration_seconds', `{${EDGE}}`),
        ),
      ],
    },
  ],
};
