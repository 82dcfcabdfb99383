import { openBroker } from '@longspan/broker';
import { CLOSE_CODES, ERROR_CODES, type ServiceStatus } from '@longspan/protocol';
import {
  documentedMetrics,
  eventually,
  JWT_SECRET,
  prometheusLabel,
  prometheusName,
  prometheusSeries,
  type DocumentedMetric,
  type Scrape,
} from '@longspan/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROBLEMS } from '../../services/edge/src/http/problem.ts';
import { FrameSocket } from '../contract/frame-socket.ts';
import { Stage } from './stage.ts';

/*
 * What services emit against docs/telemetry.md: all of it, under these names, with these labels, and nothing else of our own.
 * A system in which everything happened once is scraped; histograms are there only then.
 */
const USER = 'zebulon';
const EVENT = 'xylophone';
const SECTIONS = {
  'edge-0': ['Every service', 'Edge'],
  'ingress-0': ['Every service', 'Publishers (ingress and agent)', 'Ingress'],
  'agent-0': ['Every service', 'Publishers (ingress and agent)', 'Agent'],
} as const;
type ServiceName = keyof typeof SECTIONS;
const SERVICES = Object.keys(SECTIONS) as ServiceName[];

const OUTCOMES = 'sent committed duplicate no_quorum confirmed failed completed stopped dead'.split(' ');

/** What labels may hold: a number of things that does not grow with users, sessions or events. */
const VALUES: Readonly<Record<string, readonly string[] | RegExp>> = {
  transport: ['websocket', 'sse'],
  state: ['joining', 'replaying', 'live', 'lagging'],
  start: ['latest', 'earliest', 'position'],
  how: ['live', 'replayed', 'page', 'range'],
  reason: [...Object.keys(CLOSE_CODES), ...Object.keys(PROBLEMS), 'client', 'expired', 'rewound', 'reset'],
  outcome: [...Object.keys(ERROR_CODES), ...OUTCOMES],
  stream: /^LONGSPAN_(EVENTS_\d+|COMMANDS|DEAD_COMMANDS)$/,
  http_request_method: ['GET', 'POST', 'DELETE'],
  http_route: /^\/[a-z0-9{}/.*]*$/,
  http_response_status_code: /^\d{3}$/,
  nodejs_eventloop_state: ['active', 'idle'],
  le: /^(\+Inf|[0-9.]+)$/,
};

let stage: Stage;
let session = '';
let token = '';
const scrapes = new Map<ServiceName, Scrape>();

beforeAll(async () => {
  stage = await Stage.set();
  await letEverythingHappen();
  for (const name of SERVICES) scrapes.set(name, await stage.bridge.service(name).scrape());
});
afterAll(() => stage?.[Symbol.asyncDispose]());

async function letEverythingHappen(): Promise<void> {
  const { bridge } = stage;
  const urls = [bridge.edge(0).url];
  token = await bridge.token(USER);
  await using client = bridge.client(USER, { urls, token });
  await client.untilLive();
  await bridge.ingress.publish(USER, [{ id: EVENT, type: 'noted' }]);
  await client.untilSeen(EVENT);
  let isOver = false;
  client.client.on('event', ({ type }) => (isOver ||= type === 'agent_completed'));
  await client.client.send({ type: 'chat_message', data: { text: 'What is 2 + 3?' } });
  await eventually('the run is over', () => isOver);
  client.cut();
  await client.until('is live again', () => client.edges.length === 2);
  const { endpoint } = bridge.edge(0);
  await using refused = await FrameSocket.open(endpoint);
  refused.send({ type: 'connect', token: 'no token at all' });
  await refused.closed;
  await using socket = await FrameSocket.connected(endpoint, { token, from: 'another-7' });
  session = String((await socket.next('welcome'))['session']);
  for (const [name, series] of [
    ['agent-0', 'longspan_agent_backlog'],
    ['agent-0', 'messaging_process_duration_seconds_count'],
    ['ingress-0', 'longspan_stream_messages'],
    ['ingress-0', 'http_server_request_duration_seconds_count'],
  ] as const) {
    const isThere = async () => (await bridge.service(name).scrape()).names.has(series);
    await eventually(`${series} is there`, isThere);
  }
}

function scrapeOf(name: ServiceName): Scrape {
  const scrape = scrapes.get(name);
  if (scrape === undefined) throw new RangeError(name);
  return scrape;
}

async function documentedOf(name: ServiceName): Promise<readonly DocumentedMetric[]> {
  const sections: readonly string[] = SECTIONS[name];
  return (await documentedMetrics()).filter(({ section }) => sections.includes(section));
}

test.each(SERVICES)('%s emits every metric that is documented for it, of that kind', async (name) => {
  const { names, kinds } = scrapeOf(name);
  for (const metric of await documentedOf(name)) {
    expect({ [metric.name]: kinds.get(prometheusName(metric)) }).toEqual({ [metric.name]: metric.kind });
    for (const series of prometheusSeries(metric)) expect(names).toContain(series);
  }
});

test.each(SERVICES)('%s emits nothing of our own that is not documented for it', async (name) => {
  const documented = new Set((await documentedOf(name)).flatMap(prometheusSeries));
  const foreign = /^(nodejs_|v8js_|target_info$)/;
  expect(
    [...scrapeOf(name).names].filter((series) => !documented.has(series) && !foreign.test(series)),
  ).toEqual([]);
});

test.each(SERVICES)(
  'the labels of %s are those that are documented, and what they hold is bounded',
  async (name) => {
    const labelsOf = new Map(
      (await documentedOf(name)).flatMap((metric) =>
        prometheusSeries(metric).map((series) => {
          const labels = metric.labels.map(prometheusLabel);
          return [series, series.endsWith('_bucket') ? [...labels, 'le'] : labels] as const;
        }),
      ),
    );
    for (const { name: series, labels } of scrapeOf(name).series) {
      const documented = labelsOf.get(series);
      if (documented === undefined) continue;
      expect({ [series]: Object.keys(labels).toSorted() }).toEqual({ [series]: documented.toSorted() });
      for (const [label, value] of Object.entries(labels)) {
        const allowed = VALUES[label] ?? [];
        const isAllowed = allowed instanceof RegExp ? allowed.test(value) : allowed.includes(value);
        expect({ series, label, value, isAllowed }).toEqual({ series, label, value, isAllowed: true });
      }
    }
  },
);

test.each(SERVICES)('%s tells Prometheus of no user, no session, no event and no token', (name) => {
  const { text } = scrapeOf(name);
  const secrets = [USER, EVENT, session, token, stage.bridge.publishToken, JWT_SECRET];
  expect(secrets.filter((secret) => secret === '' || text.includes(secret))).toEqual([]);
});

test('who watches the statuses hears of every service, with its metrics, gaps and sessions', async () => {
  // Goal: the operations page needs no Prometheus. Method: watch as the ingress does, until each has told.
  await using broker = await openBroker({
    nats: { servers: stage.nats.urls, name: 'watcher' },
    topology: { shards: 1, replicas: 1, eventsPerUser: 1, retentionMs: 1_000, duplicateWindowMs: 100 },
  });
  const heard = new Map<string, ServiceStatus>();
  using _ = broker.status.watch((status) => heard.set(status.name, status));
  await eventually('all have told', () => heard.size === 4);
  for (const name of SERVICES) {
    const status = heard.get(name);
    expect(status?.service).toBe(name.split('-')[0]);
    const told = new Set(status?.metrics.map((metric) => metric.name));
    const missing = (await documentedOf(name)).filter((metric) => !told.has(metric.name));
    expect(missing).toEqual([]);
    expect(Number(status?.atMs) - Number(status?.startedMs)).toBeGreaterThan(0);
    expect(JSON.stringify(status)).not.toContain(USER);
  }
  const edge = heard.get('edge-0');
  expect(edge?.gaps).toMatchObject([{ session, reason: 'reset', from: 'another-7' }]);
  expect(edge?.slow).toEqual([]);
  const latency = edge?.metrics.find(({ name }) => name === 'longspan.edge.delivery.latency');
  if (latency?.kind !== 'histogram') throw new TypeError('a histogram');
  const [point] = latency.points;
  expect(point?.counts.reduce((sum, count) => sum + count, 0)).toBe(point?.count);
  expect(point?.counts.length).toBe(Number(point?.boundaries.length) + 1);
});
