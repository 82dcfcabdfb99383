import { HeapGraph } from './heap-graph.ts';
import type { Inspector } from './inspector.ts';
import { divideByUser, type Crossing } from './user-memory.ts';

/** How a payload says whose it is, in what a `SteadyLoad` publishes; as text of a regular expression. */
const OWNER = '"owner":"([^"]*)"';
/**
 * A function for the inspected process: the owners of the payloads that a view of bytes shows. Node's pool for small
 * buffers is left out: what stands in its free part is held by nobody.
 */
const OWNERS_IN_VIEW = `(view) => {
  if (!ArrayBuffer.isView(view)) return [];
  if (view.byteLength === Buffer.poolSize && view.byteLength === view.buffer.byteLength) return [];
  const text = Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('utf8');
  const owners = [...new Set([...text.matchAll(/${OWNER}/g)].map(([, owner]) => owner))];
  // The last text that was matched is kept alive, as RegExp.input.
  /^/.test('');
  return owners;
}`;
/** Classes of what an edge makes for a user, and a property that their objects have. */
const HOSTS = {
  FeedHost: 'user',
  SessionHost: 'id',
  WebSocketConnection: 'id',
  SseConnection: 'id',
} as const;

/** What the sessions of an edge were seen to hold. */
export interface Coherence {
  readonly users: number;
  readonly sessions: number;
  /** Objects that were held for some user. */
  readonly objects: number;
  /** Payloads of known owners that were found among them and read. */
  readonly payloads: number;
  /** What was held for one user and was another's. */
  readonly crossings: readonly Crossing[];
}

/** What an edge still holds of users who have no session any more. */
export interface Remains {
  /** Sessions, feeds and connections. */
  readonly hosts: number;
  /** Texts that name one of the users, or a payload of theirs. */
  readonly texts: readonly string[];
  /** Payloads in buffers, by owner. */
  readonly payloads: readonly string[];
}

/**
 * Takes an edge's heap and looks at every object that a user's sessions keep alive: none may be another user's
 * session, name another user or carry another user's payload. The bytes that a view shows are looked at, not the
 * whole of what it is a part of: NATS delivers many messages in one chunk.
 * @param users everybody whose name may not turn up elsewhere.
 */
export async function lookForCrossings(inspector: Inspector, users: ReadonlySet<string>): Promise<Coherence> {
  const graph = new HeapGraph(await inspector.heapSnapshot());
  const ownersOfView = await inspector.mapObjects('Uint8Array', OWNERS_IN_VIEW);
  const { sessions, held, crossings } = divideByUser(graph);
  const found = [...crossings];
  let objects = 0;
  let payloads = 0;
  for (const [user, nodes] of held) {
    objects += nodes.size;
    for (const node of nodes) {
      const owners = isText(graph, node)
        ? ownersOf(graph.nameOf(node))
        : (ownersOfView.get(graph.heapIdOf(node)) ?? []);
      payloads += owners.length;
      const others = owners.filter((owner) => owner !== user);
      found.push(...others.map((owner) => ({ user, holds: `a payload of ${owner}` })));
      const name = graph.nameOf(node);
      if (isText(graph, node) && name !== user && users.has(name)) {
        found.push({ user, holds: `the name of ${name}` });
      }
    }
  }
  const count = [...sessions.values()].reduce((sum, of) => sum + of, 0);
  return { users: held.size, sessions: count, objects, payloads, crossings: found };
}

/** Looks through an edge's whole heap for what is left of users who have gone. */
export async function lookForRemains(inspector: Inspector, users: ReadonlySet<string>): Promise<Remains> {
  const graph = new HeapGraph(await inspector.heapSnapshot());
  const texts: string[] = [];
  for (let node = 0; node < graph.size; node += 1) {
    if (!isText(graph, node)) continue;
    const text = graph.nameOf(node);
    if (users.has(text) || ownersOf(text).some((owner) => users.has(owner))) texts.push(text);
  }
  const hosts = Object.entries(HOSTS).flatMap(([name, property]) => graph.instancesOf(name, property));
  const views = await inspector.mapObjects('Uint8Array', OWNERS_IN_VIEW);
  const payloads = [...views.values()].flat().filter((owner) => users.has(owner));
  return { hosts: hosts.length, texts, payloads };
}

/** Texts that were cut out of others, or put together and never read, are nodes of other types, without their text. */
function isText(graph: HeapGraph, node: number): boolean {
  return graph.typeOf(node) === 'string';
}

function ownersOf(text: string): readonly string[] {
  return [...text.matchAll(new RegExp(OWNER, 'g'))].map(([, owner]) => owner ?? '');
}
