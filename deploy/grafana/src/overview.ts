import type { Dashboard } from './dashboard.ts';
import { figure, percentiles, plot, query } from './panel.ts';

const R = '[$__rate_interval]';

/** For whoever was woken: is all well, and if not, where. */
export const overview: Dashboard = {
  name: 'overview',
  title: 'overview',
  says: 'Is all well, and if not, where? From top to bottom: the objectives, the four golden signals, who is there, the agents.',
  rows: [
    {
      title: 'Is all well?',
      height: 4,
      panels: [
        figure(
          'Alerts',
          'none',
          'Alerts of Longspan that fire now.',
          [query('count(ALERTS{alertname=~"Longspan.+",alertstate="firing"}) or vector(0)', 'firing')],
          { thresholds: [{ at: 1, colour: 'red' }] },
        ),
        figure(
          'Late, 3 days',
          'percentunit',
          'Deliveries that took longer than a second. Objective: 0.1 % at most.',
          [query('longspan:delivery_slow:ratio_rate3d', 'late')],
          {
            thresholds: [
              { at: 0.0005, colour: 'yellow' },
              { at: 0.001, colour: 'red' },
            ],
          },
        ),
        figure(
          'Not committed, 3 days',
          'percentunit',
          'Published events that ended in an error. Objective: 0.1 % at most.',
          [query('longspan:publish_failed:ratio_rate3d', 'failed')],
          {
            thresholds: [
              { at: 0.0005, colour: 'yellow' },
              { at: 0.001, colour: 'red' },
            ],
          },
        ),
        figure(
          'Out of order, 24 h',
          'none',
          'Events that did not follow their predecessor, as clients report it. None is ever right.',
          [query('sum(increase(longspan_client_violations_total[24h]))', 'violations')],
          { thresholds: [{ at: 0.5, colour: 'red' }] },
        ),
        figure('Sessions', 'short', 'Sessions now, on all edges.', [
          query('sum(longspan_edge_sessions)', 'sessions'),
        ]),
        figure(
          'Edges',
          'none',
          'Edges that tell their metrics and have a connection to NATS.',
          [query('sum(longspan_nats_connected{job="longspan-edge"})', 'edges')],
          { thresholds: [] },
        ),
        figure(
          'Streams without a leader',
          'none',
          'Nothing is committed to them.',
          [query('count(max by (stream) (longspan_stream_leader) == 0) or vector(0)', 'streams')],
          { thresholds: [{ at: 1, colour: 'red' }] },
        ),
      ],
    },
    {
      title: 'Golden signals',
      height: 9,
      panels: [
        plot(
          'Latency: publish to socket',
          's',
          'How long events take from publish to the socket write; lost live copies that were found late count, replays do not. Objective: 99.9 % within 1 s.',
          percentiles('longspan_edge_delivery_latency_seconds'),
          { thresholds: [{ at: 1, colour: 'red' }] },
        ),
        plot(
          'Traffic',
          'eps',
          'Events that are published, and delivered to sockets: one published event is delivered to each device of its user.',
          [
            query(`sum(rate(longspan_publish_events_total${R}))`, 'published'),
            query(`sum by (how) (rate(longspan_edge_delivered_total${R}))`, '{{how}}'),
          ],
        ),
        plot(
          'Errors',
          'eps',
          'Publishes and commands that failed for a reason of ours, gaps, and requests that the ingress answered with 5xx.',
          [
            query(
              `sum by (outcome) (rate(longspan_publish_events_total{outcome!~"committed|duplicate|too_big|closed"}${R}))`,
              'publish: {{outcome}}',
            ),
            query(
              `sum by (outcome) (rate(longspan_edge_sends_total{outcome=~"not_committed|internal"}${R}))`,
              'send: {{outcome}}',
            ),
            query(`sum by (reason) (rate(longspan_edge_gaps_total${R}))`, 'gap: {{reason}}'),
            query(
              `sum by (http_response_status_code) (rate(http_server_request_duration_seconds_count{http_response_status_code=~"5.."}${R}))`,
              'HTTP {{http_response_status_code}}',
            ),
          ],
        ),
        plot(
          'Saturation: how busy each process is',
          'percentunit',
          'The part of the time in which an event loop works. A process cannot use more than 100 %: add another above 70 %.',
          [
            query(
              `sum by (instance) (rate(nodejs_eventloop_time_seconds_total{nodejs_eventloop_state="active"}${R}))`,
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
      ],
    },
    {
      title: 'How fast the error budgets burn',
      height: 7,
      panels: [
        plot(
          'Delivery within 1 s',
          'none',
          "1: the month's budget lasts exactly a month. Above 14.4 (1 h) or 6 (6 h) somebody is called.",
          [
            query('longspan:delivery_slow:ratio_rate1h / 0.001', 'over 1 h'),
            query('longspan:delivery_slow:ratio_rate6h / 0.001', 'over 6 h'),
            query('longspan:delivery_slow:ratio_rate3d / 0.001', 'over 3 d'),
          ],
          {
            thresholds: [
              { at: 6, colour: 'orange' },
              { at: 14.4, colour: 'red' },
            ],
          },
        ),
        plot(
          'Publishes committed',
          'none',
          "1: the month's budget lasts exactly a month. Above 14.4 (1 h) or 6 (6 h) somebody is called.",
          [
            query('longspan:publish_failed:ratio_rate1h / 0.001', 'over 1 h'),
            query('longspan:publish_failed:ratio_rate6h / 0.001', 'over 6 h'),
            query('longspan:publish_failed:ratio_rate3d / 0.001', 'over 3 d'),
          ],
          {
            thresholds: [
              { at: 6, colour: 'orange' },
              { at: 14.4, colour: 'red' },
            ],
          },
        ),
      ],
    },
    {
      title: 'Who is there',
      height: 8,
      panels: [
        plot(
          'Sessions by state',
          'short',
          'live: gets events as they happen. replaying, joining: on the way there. lagging: reads too slowly, and is caught up from the stream.',
          [query('sum by (state) (longspan_edge_sessions)', '{{state}}')],
          { isStacked: true },
        ),
        plot(
          'Sessions by edge',
          'short',
          'They should spread evenly, and move when an edge drains.',
          [query('sum by (instance) (longspan_edge_sessions)', '{{instance}}')],
          { isStacked: true },
        ),
        plot(
          'Coming and going',
          'ops',
          'Sessions that began and ended. A peak of both at once: clients lose their connections.',
          [
            query(`sum(rate(longspan_edge_connects_total${R}))`, 'came'),
            query(`sum(rate(longspan_edge_closes_total${R}))`, 'went'),
            query(`sum(rate(longspan_edge_refusals_total${R}))`, 'were refused'),
          ],
        ),
      ],
    },
    {
      title: 'Agents',
      height: 8,
      panels: [
        plot(
          'Commands that wait, and runs under way',
          'short',
          'People wait for answers while the first is above 0.',
          [query('longspan:command_backlog:max', 'waiting'), query('sum(longspan_agent_runs)', 'under way')],
        ),
        plot('How runs end', 'ops', 'failed: with agent_failed. dead: given up after all attempts.', [
          query(`sum by (outcome) (rate(longspan_agent_commands_total${R}))`, '{{outcome}}'),
          query(`sum(rate(longspan_agent_redeliveries_total${R}))`, 'came again'),
        ]),
        plot(
          'How long a run takes',
          's',
          'One attempt at a run.',
          percentiles('messaging_process_duration_seconds'),
        ),
      ],
    },
  ],
};
