import { eventually } from '../eventually.ts';

const ANSWER_WITHIN_MS = 2_000;
const SILENT_AFTER_MS = 400;
const CONNECTIONS_MAX = 10_000;

/** A stream as one node sees it. */
export interface StreamView {
  readonly name: string;
  readonly leader: string | undefined;
  /** The last sequence that its replica has stored. */
  readonly lastSeq: number;
}

/** A client connection as its node sees it. */
export interface ConnectionView {
  /** What the client calls itself: a service's name. */
  readonly name: string;
  /** Messages that the client has published on it: requests, barriers, everything. */
  readonly published: number;
  readonly subscriptions: number;
}

/** What one node holds for its clients. */
export interface NodeResources {
  readonly connections: number;
  readonly subscriptions: number;
  readonly streams: number;
  readonly consumers: number;
  readonly memoryBytes: number;
}

/** Resolves when the node's monitoring answers: it runs and takes connections. */
export async function monitorAnswers(port: number): Promise<void> {
  await eventually(`monitoring on port ${port} answers`, async () => (await get(port, 'varz')).ok);
}

/** Resolves when the node no longer answers. */
export async function untilSilent(port: number): Promise<void> {
  await eventually(`monitoring on port ${port} is silent`, () =>
    get(port, 'varz', SILENT_AFTER_MS).then(
      () => false,
      () => true,
    ),
  );
}

/** Resolves when the node says that JetStream and all its replicas of streams are current. */
export async function untilHealthy(port: number, timeoutMs: number): Promise<void> {
  let said = '';
  await eventually(
    `node with monitoring on port ${port} is current`,
    async () => {
      const answer = await get(port, 'healthz');
      said = await answer.text();
      if (!answer.ok) throw new Error(said);
      return true;
    },
    timeoutMs,
  );
}

/** The number of other nodes that this one has routes to. */
export async function routedPeers(port: number): Promise<number> {
  const routez = fieldsOf(await (await get(port, 'routez')).json());
  return new Set(listOf(routez['routes']).map((route) => route['remote_id'])).size;
}

/** The streams of the default account, as this node sees them. */
export async function streamsOf(port: number): Promise<readonly StreamView[]> {
  const jsz = fieldsOf(await (await get(port, 'jsz?accounts=true&streams=true')).json());
  return listOf(jsz['account_details']).flatMap((account) =>
    listOf(account['stream_detail']).map((stream) => {
      const leader = fieldsOf(stream['cluster'])['leader'];
      return {
        name: String(stream['name']),
        leader: typeof leader === 'string' ? leader : undefined,
        lastSeq: Number(fieldsOf(stream['state'])['last_seq']),
      };
    }),
  );
}

/** The client connections of this node. */
export async function connectionsOf(port: number): Promise<readonly ConnectionView[]> {
  const connz = fieldsOf(await (await get(port, `connz?limit=${CONNECTIONS_MAX}`)).json());
  return listOf(connz['connections']).map((connection) => ({
    name: String(connection['name'] ?? ''),
    published: Number(connection['in_msgs']),
    subscriptions: Number(connection['subscriptions']),
  }));
}

export async function resourcesOf(port: number): Promise<NodeResources> {
  const [connections, varz, jsz] = await Promise.all([
    connectionsOf(port),
    get(port, 'varz').then(async (answer) => fieldsOf(await answer.json())),
    get(port, 'jsz').then(async (answer) => fieldsOf(await answer.json())),
  ]);
  return {
    connections: connections.length,
    subscriptions: connections.reduce((sum, { subscriptions }) => sum + subscriptions, 0),
    streams: Number(jsz['streams']),
    consumers: Number(jsz['consumers']),
    memoryBytes: Number(varz['mem']),
  };
}

function get(port: number, path: string, withinMs = ANSWER_WITHIN_MS): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}/${path}`, {
    signal: AbortSignal.timeout(withinMs),
    headers: { connection: 'close' },
  });
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}
