import { HeapGraph } from './heap-graph.ts';

/** A text or some bytes in a process's memory that belong to one user and are held for another. */
export interface Crossing {
  readonly user: string;
  /** What its session reaches. */
  readonly holds: string;
}

/** No user id is empty. */
const NOBODY = '';

/** What the sessions of an edge hold, user by user. */
export interface UserMemory {
  /** Sessions by user. */
  readonly sessions: ReadonlyMap<string, number>;
  /** For each user what its sessions keep alive, and nothing that all share. */
  readonly held: ReadonlyMap<string, ReadonlySet<number>>;
  /** Sessions and feeds of one user that another one's reach. */
  readonly crossings: readonly Crossing[];
}

/**
 * Divides an edge's memory by users. What is alive even without any session, feed or socket is common to all: the
 * server, the log, timers. Whatever a session, its feed, its connection and its socket keep alive beyond that is held
 * for their user. No such thing may lead to another user's session, feed or socket.
 */
export function divideByUser(graph: HeapGraph): UserMemory {
  const userOf = new Map<number, string>();
  const sessions = new Map<string, number>();
  for (const feed of graph.instancesOf('FeedHost', '#feed')) userOf.set(feed, userOfFeed(graph, feed));
  for (const session of graph.instancesOf('SessionHost', '#session')) {
    const user = userOf.get(refersTo(graph, session, /^FeedHost$/) ?? -1) ?? NOBODY;
    sessions.set(user, (sessions.get(user) ?? 0) + 1);
    for (const own of [session, ...wireOf(graph, session)]) userOf.set(own, user);
  }
  for (const connection of graph.instancesOf('WebSocketConnection', '#wire')) {
    const user = userOf.get(refersTo(graph, connection, /Wire$/) ?? -1);
    if (user !== undefined) userOf.set(connection, user);
  }

  const common = graph.reach([0], (node) => !userOf.has(node));
  const held = new Map<string, ReadonlySet<number>>();
  const crossings: Crossing[] = [];
  for (const user of new Set(userOf.values())) {
    const roots = [...userOf].filter(([, owner]) => owner === user).map(([node]) => node);
    const reached = graph.reach(roots, (node) => {
      const owner = userOf.get(node);
      if (owner !== undefined && owner !== user) {
        crossings.push({ user, holds: `the ${graph.nameOf(node)} of ${owner}` });
      }
      return owner === undefined ? !common.has(node) : owner === user;
    });
    held.set(user, reached);
  }
  return { sessions, held, crossings };
}

/** The wire of a session, its WebSocket and that one's socket; for SSE the wire alone. */
function wireOf(graph: HeapGraph, session: number): readonly number[] {
  const wire = refersTo(graph, session, /Wire$/);
  const webSocket = wire === undefined ? undefined : refersTo(graph, wire, /^WebSocket$/);
  const socket = webSocket === undefined ? undefined : graph.property(webSocket, '_socket');
  return [wire, webSocket, socket].filter((node) => node !== undefined);
}

function userOfFeed(graph: HeapGraph, feed: number): string {
  const user = graph.property(feed, 'user');
  return user === undefined ? NOBODY : graph.nameOf(user);
}

/** The object of such a class that the node refers to, whatever the property is called. */
function refersTo(graph: HeapGraph, node: number, className: RegExp): number | undefined {
  for (const { to } of graph.edgesOf(node)) {
    if (graph.typeOf(to) === 'object' && className.test(graph.nameOf(to))) return to;
  }
  return undefined;
}
