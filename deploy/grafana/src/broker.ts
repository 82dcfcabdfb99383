import type { Dashboard } from './dashboard.ts';
import { percentile, percentiles, plot, query, states } from './panel.ts';

const R = '[$__rate_interval]';

/** NATS as Longspan sees it. */
export const broker: Dashboard = {
  name: 'broker',
  title: 'broker',
  says: 'NATS as Longspan sees it: its streams, publishing, connections, sync rounds and reads, commands.',
  rows: [
    {
      title: 'Streams',
      height: 8,
      panels: [
        states(
          'Leader',
          'none',
          'Without a leader nothing is committed. An election takes 4 to 9 s.',
          [query('max by (stream) (longspan_stream_leader)', '{{stream}}')],
          { states: { 0: 'no leader', 1: 'leader' } },
        ),
        plot(
          'Replicas that are there and not behind',
          'none',
          'As many as the stream has been given, or one more loss may stop it.',
          [query('max by (stream) (longspan_stream_replicas)', '{{stream}}')],
        ),
        plot(
          'Messages kept',
          'short',
          'They level off when retention and limits balance what is published.',
          [query('max by (stream) (longspan_stream_messages)', '{{stream}}')],
        ),
        plot('Bytes kept', 'bytes', 'On each replica.', [
          query('max by (stream) (longspan_stream_size_bytes)', '{{stream}}'),
        ]),
      ],
    },
    {
      title: 'Publishing',
      height: 8,
      panels: [
        plot(
          'Events, by outcome',
          'eps',
          'duplicate: a repeat that changed nothing.',
          [query(`sum by (outcome) (rate(longspan_publish_events_total${R}))`, '{{outcome}}')],
          { isStacked: true },
        ),
        plot(
          'How long a publish takes',
          's',
          'To its commit by a quorum. Its budget is 15 s.',
          percentiles('longspan_publish_duration_seconds'),
        ),
        plot(
          'Sent again',
          'ops',
          'Groups of events that got no answer in time and were repeated with the same ids.',
          [query(`sum by (job) (rate(longspan_publish_retries_total${R}))`, '{{job}}')],
        ),
        plot(
          'Waiting for a commit',
          'short',
          'Calls under way. It grows when publishing gets slower than what comes in.',
          [query('sum by (job) (longspan_publish_waiting)', '{{job}}')],
        ),
      ],
    },
    {
      title: 'Connections',
      height: 8,
      panels: [
        states(
          'Connected',
          'none',
          'Each process and its connection to NATS.',
          [query('longspan_nats_connected', '{{job}} {{instance}}')],
          {
            states: { 0: 'away', 1: 'connected' },
          },
        ),
        plot('Connected anew', 'none', 'Within 5 minutes. One for each process when a server restarts.', [
          query('sum by (job) (increase(longspan_nats_reconnects_total[5m]))', '{{job}}'),
        ]),
        plot(
          'Requests to the ingress, by status',
          'ops',
          '503: no quorum, or too many at once. 4xx: the caller.',
          [
            query(
              `sum by (http_response_status_code) (rate(http_server_request_duration_seconds_count{job="longspan-ingress"}${R}))`,
              '{{http_response_status_code}}',
            ),
          ],
        ),
        plot('How long a request takes, p99', 's', 'Of each route.', [
          percentile(
            'http_server_request_duration_seconds',
            0.99,
            '{{http_route}}',
            '{job="longspan-ingress"}',
            'http_route',
          ),
        ]),
      ],
    },
    {
      title: 'Sync rounds and reads of the log',
      height: 8,
      panels: [
        plot('Rounds, by outcome', 'ops', 'Every user of every edge is looked after each two seconds.', [
          query(`sum by (outcome) (rate(longspan_edge_sync_rounds_total${R}))`, '{{outcome}}'),
        ]),
        plot(
          'How long a round takes',
          's',
          'Subscribe, barrier, look.',
          percentiles('longspan_edge_sync_duration_seconds'),
        ),
        plot(
          'Reads of the log',
          'ops',
          "page: one user's events. range: a stretch of a shard, for many users at once.",
          [
            query(`sum by (how) (rate(longspan_edge_reads_total${R}))`, '{{how}}'),
            query(`sum(rate(longspan_edge_stale_reads_total${R}))`, 'stale, asked again'),
          ],
        ),
        plot('Users in a round', 'none', 'At the mean.', [
          query(
            `sum(rate(longspan_edge_sync_users_total${R})) / sum(rate(longspan_edge_sync_rounds_total${R}))`,
            'users',
          ),
        ]),
      ],
    },
    {
      title: 'Commands',
      height: 8,
      panels: [
        plot('Waiting', 'short', 'Commands that no agent has taken yet.', [
          query('longspan:command_backlog:max', 'waiting'),
        ]),
        plot('Delivered again', 'ops', 'An agent died, handed its run back, or was silent for too long.', [
          query(`sum(rate(longspan_agent_redeliveries_total${R}))`, 'came again'),
        ]),
        plot(
          'Given up, 24 h',
          'none',
          'They are kept in LONGSPAN_DEAD_COMMANDS for 30 days.',
          [query('sum(increase(longspan_agent_commands_total{outcome="dead"}[24h]))', 'dead')],
          { thresholds: [{ at: 1, colour: 'red' }] },
        ),
      ],
    },
  ],
};
