import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import {
  SUBPROTOCOL,
  type CloudEvent,
  type Connect,
  type DeliveredEvent,
  type DownFrame,
  type UpFrame,
} from '@longspan/protocol';
import { WebSocketServer, type WebSocket } from 'ws';
import { Inbox } from './inbox.ts';

/** A WebSocket server that says only what a test makes it say: an edge driven by hand, over real sockets. */
export class HandDrivenEdge implements AsyncDisposable {
  readonly name: string;
  readonly #server: WebSocketServer;
  readonly #peers = new Inbox<Peer>();

  private constructor(name: string, server: WebSocketServer) {
    this.name = name;
    this.#server = server;
    server.on('connection', (socket) => this.#peers.put(new Peer(this.name, socket)));
  }

  static async start(name = 'edge-a', port = 0): Promise<HandDrivenEdge> {
    const server = new WebSocketServer({
      host: '127.0.0.1',
      port,
      handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
    });
    await once(server, 'listening');
    return new HandDrivenEdge(name, server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The next client that connects. */
  accept(): Promise<Peer> {
    return this.#peers.take();
  }

  /** The next client, welcomed at `position`, or where it asks to begin. */
  async welcome(position?: string, heartbeatMs = 15_000): Promise<Peer> {
    const peer = await this.accept();
    const connect = await peer.connect();
    peer.welcome(position ?? connect.from ?? 'e-0', heartbeatMs);
    return peer;
  }

  /** The next client, live at `position`, or where it asks to begin. */
  async live(position?: string, heartbeatMs = 15_000): Promise<Peer> {
    const peer = await this.welcome(position, heartbeatMs);
    peer.say({ type: 'caught_up', position: peer.began });
    return peer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** One client of a hand-driven edge. */
export class Peer {
  readonly socket: WebSocket;
  readonly closed: Promise<number>;
  began = '';
  readonly #edge: string;
  readonly #frames = new Inbox<UpFrame>();

  constructor(edge: string, socket: WebSocket) {
    this.#edge = edge;
    this.socket = socket;
    socket.on('message', (data) => this.#frames.put(JSON.parse(String(data)) as UpFrame));
    this.closed = new Promise((resolve) => socket.once('close', resolve));
  }

  /** The client's next frame, which must be of this type. */
  async next<Type extends UpFrame['type']>(type: Type): Promise<Extract<UpFrame, { type: Type }>> {
    const frame = await this.#frames.take();
    if (frame.type !== type) throw new Error(`expected ${type}, got ${JSON.stringify(frame)}`);
    return frame as Extract<UpFrame, { type: Type }>;
  }

  connect(): Promise<Connect> {
    return this.next('connect');
  }

  say(frame: DownFrame): void {
    this.socket.send(JSON.stringify(frame));
  }

  welcome(position: string, heartbeatMs = 15_000, user = 'ada'): void {
    this.began = position;
    const limits = { frameBytes: 300_000, eventBytes: 262_144, sendsPerSecond: 50, sendsInFlight: 16 };
    const session = `s-${position}`;
    this.say({ type: 'welcome', session, edge: this.#edge, user, position, heartbeatMs, limits });
  }

  /** Events in one frame, given by their sequences, the first one following `prev`. */
  events(prev: number, ...seqs: number[]): void {
    const events: DeliveredEvent[] = [];
    for (const seq of seqs) events.push({ seq, prev: events.at(-1)?.seq ?? prev, event: testEvent(seq) });
    this.say({ type: 'events', events });
  }
}

export function testEvent(seq: number, type = 'test'): CloudEvent {
  return { specversion: '1.0', id: `id-${seq}`, source: '/test', type, data: { seq } };
}
