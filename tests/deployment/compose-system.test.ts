import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LongspanClient } from '@longspan/client';
import {
  eventually,
  freePort,
  OwnedProcess,
  Service,
  startNats,
  TraceReceiver,
  type NatsCluster,
} from '@longspan/testkit';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { unknownIn } from '../alerts/known-metrics.ts';
import { allQueries } from '../alerts/queries.ts';
import { selectorsOf } from '../alerts/selectors.ts';
import { DEPLOY, filledVariables, readCompose } from './compose-file.ts';

/*
 * The system that deploy/compose.yaml describes, without containers: its NATS permissions, its commands and its variables, with this
 * machine's addresses in place of its own, and a receiver of spans in place of Jaeger.
 */
const owned = new AsyncDisposableStack();
const services = new Map<string, Service>();
const urls = new Map<string, string>();
let nats: NatsCluster;
let traces: TraceReceiver;
let publishToken: string;

beforeAll(async () => {
  const variables = await filledVariables();
  publishToken = variables['LONGSPAN_PUBLISH_TOKENS'] ?? '';
  const passwords = Object.entries(variables).flatMap(([name, value]) =>
    name.startsWith('LONGSPAN_NATS_PASSWORD_') ? [`${name}: "${value}"`] : [],
  );
  const accounts = await readFile(join(DEPLOY, 'nats/accounts.conf'), 'utf8');
  nats = owned.use(await startNats({ nodes: 3, config: [...passwords, accounts].join('\n') }));
  traces = owned.use(await TraceReceiver.start());
  const compose = await readCompose(variables);
  const here = async (name: string): Promise<Readonly<Record<string, string>>> => {
    const port = await freePort();
    urls.set(name, `http://127.0.0.1:${port}`);
    const edges = ['edge-1', 'edge-2'].flatMap((edge) => urls.get(edge) ?? []);
    return {
      ...compose.services[name]?.environment,
      LONGSPAN_NATS_URL: nats.urls.join(','),
      LONGSPAN_HOST: '127.0.0.1',
      LONGSPAN_PORT: String(port),
      LONGSPAN_METRICS_PORT: String(await freePort()),
      OTEL_EXPORTER_OTLP_ENDPOINT: traces.endpoint,
      ...(name === 'ingress' ? { LONGSPAN_EDGE_URLS: edges.join(',') } : {}),
    };
  };
  const program = (name: string): string => compose.services[name]?.command?.[0] ?? '';
  const topology = new OwnedProcess({
    command: process.execPath,
    args: [join(DEPLOY, '..', program('topology'))],
    env: { PATH: process.env['PATH'] ?? '', ...(await here('topology')) },
  });
  if ((await topology.gone) !== 0) throw new Error(`the topology job failed:\n${topology.log}`);
  for (const name of ['hop-tracer', 'edge-1', 'edge-2', 'ingress', 'agent']) {
    const kind = program(name).split('/')[1] ?? '';
    const service = owned.use(new Service({ kind, name, env: await here(name) }));
    await service.start();
    services.set(name, service);
  }
});
afterAll(async () => {
  await owned.disposeAsync();
});

test('the console, an agent, a publisher and traces work in the system that compose.yaml describes', async () => {
  // Goal: whoever follows the page gets an answer and an event. Method: as the console does: a token, a question; then a publish; then
  // the client's edge is killed and brought back, and somebody without a token is refused.
  onTestFailed(() => console.log([...services.values()].map(({ log }) => log).join('\n')));
  const client = new LongspanClient({ urls: edgeUrls(), token: () => tokenOf('ada') });
  owned.defer(() => client.close());
  const seen: string[] = [];
  let edge = '';
  client.on('event', ({ type, id }) => seen.push(type, id));
  client.on('state', (state) => {
    if (state.kind === 'live') edge = state.edge;
  });
  client.connect();
  await client.send({ type: 'chat_message', data: { text: 'What is 2 + 3?' } });
  await eventually('the question is answered', () => seen.includes('agent_completed'));
  const traceId = await publish('ada', 'before');
  await eventually('the event arrives', () => seen.includes('before'));
  const way = ['POST /v1/users/', 'send ev.', 'nats ', 'nats commit LONGSPAN_EVENTS_', 'deliver ev.'];
  let missing: readonly string[] = way;
  await eventually('its trace shows its whole way', async () => {
    const names = (await traces.trace(traceId))?.map(({ name }) => name) ?? [];
    missing = way.filter((start) => !names.some((name) => name.startsWith(start)));
    return missing.length === 0;
  }).catch((error: unknown) => {
    throw new Error(`the trace lacks ${missing.join(', ')}`, { cause: error });
  });

  const killed = edge;
  await fetch(`${urls.get(killed)}/dev/kill`, { method: 'POST' });
  await eventually('the other edge has taken over', () => edge !== killed);
  await publish('ada', 'after');
  await eventually('the next event arrives', () => seen.includes('after'));
  await client.send({ type: 'note', data: { text: 'still here' } });

  const stranger = await fetch(`${urls.get(edge)}/v1/events?access_token=nonsense`);
  expect(stranger.status).toBe(401);
  await services.get(killed)?.start();
});

test('what rules, runbooks and dashboards ask for is told by the running system', async () => {
  // Goal: no alert that is silent and no panel that is empty because nobody emits its metric. Method: all endpoints, after the above.
  const queries = await allQueries();
  expect(await unknownIn(queries)).toEqual([]);
  const told = new Set<string>(['up', 'ALERTS']);
  const scrapes = await Promise.all([...services.values()].map((service) => service.scrape()));
  for (const { names } of scrapes) for (const name of names) told.add(name);
  const asked = new Set(queries.flatMap((query) => selectorsOf(query).map(({ metric }) => metric)));
  // A colon is in the names that rules record, and in no other.
  expect([...asked].filter((name) => !name.includes(':') && !told.has(name)).toSorted()).toEqual([]);
});

function edgeUrls(): readonly string[] {
  return ['edge-1', 'edge-2'].map((name) => urls.get(name) ?? '');
}

async function tokenOf(user: string): Promise<string> {
  const answer = await fetch(`${urls.get('ingress')}/dev/token?user=${user}`);
  const { token } = (await answer.json()) as { readonly token: string };
  return token;
}

/** Resolves to the trace that it began. */
async function publish(user: string, id: string): Promise<string> {
  const traceId = randomBytes(16).toString('hex');
  const answer = await fetch(`${urls.get('ingress')}/v1/users/${user}/events`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${publishToken}`,
      'content-type': 'application/json',
      traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01`,
    },
    body: JSON.stringify({ type: 'note', id, source: '/rehearsal', data: { text: 'hello' } }),
  });
  if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
  return traceId;
}
