import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { DOWN_FRAMES } from './valid.ts';

/** What an edge says to the first connection with a token; text frames, or bytes as binary ones. */
export type Script = readonly (string | Uint8Array)[];

const WELCOME = { ...DOWN_FRAMES[0], position: 'good-0' };
const LAST = { specversion: '1.0', id: 'the-last', source: '/good', type: 'note' };
/** The last frames of a connection on which all is well. The epoch is one that no hostile frame names. */
const GOOD: readonly object[] = [
  WELCOME,
  { type: 'events', events: [{ seq: 1, prev: 0, event: LAST }] },
  { type: 'caught_up', position: 'good-1' },
];

/**
 * A server at the address of an edge. To the first connection with a token it says what the token's script says, and
 * drops it; to the next ones it is a good edge, with one event to tell and an answer to every send.
 */
export class HostileEdge implements AsyncDisposable {
  readonly #server: WebSocketServer;
  readonly #scripts = new Map<string, Script>();

  private constructor(server: WebSocketServer) {
    this.#server = server;
    server.on('connection', (socket) => {
      socket.on('error', () => undefined);
      socket.on('message', (data: Buffer) => this.#onFrame(socket, data.toString('utf8')));
    });
  }

  static async listen(): Promise<HostileEdge> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: () => 'longspan.v1' });
    await once(server, 'listening');
    return new HostileEdge(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The next connection with this token is told all of the script. */
  say(token: string, script: Script): void {
    this.#scripts.set(token, script);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #onFrame(socket: WebSocket, text: string): void {
    const frame: { readonly type: string; readonly token?: string; readonly id?: string } = JSON.parse(text);
    if (frame.type === 'send') {
      const answer = { type: 'sent', id: frame.id, position: 'c-1', duplicate: false };
      socket.send(JSON.stringify(answer));
    }
    if (frame.type !== 'connect') return;
    const token = frame.token ?? '';
    const script = this.#scripts.get(token);
    this.#scripts.delete(token);
    if (script === undefined) {
      for (const good of GOOD) socket.send(JSON.stringify(good));
      return;
    }
    for (const said of script) socket.send(said, { binary: typeof said !== 'string' });
    // Once all has left: nothing of it may be lost with the connection.
    socket.send('{}', () => socket.terminate());
  }
}
