import { connect } from '@nats-io/transport-node';
import { WebSocketServer, type WebSocket } from 'ws';
import { parentPort, workerData } from 'node:worker_threads';
import { RELAYED, type RelayData } from './yardstick-names.ts';

// The simplest bridge there is, in a thread of its own: what NATS republishes for a user goes to that user's socket. It
// checks, resumes and remembers nothing. What a socket sends comes back to it.

const { natsUrls } = workerData as RelayData;
const port = parentPort;
if (port === null) throw new Error('this runs in a worker thread');
const nc = await connect({ servers: [...natsUrls] });
const sockets = new Map<string, WebSocket>();
nc.subscribe(`${RELAYED}*`, {
  callback: (_, message) => sockets.get(`/${message.subject.slice(RELAYED.length)}`)?.send(message.data),
});
await nc.flush();
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
server.on('connection', (socket, request) => {
  sockets.set(request.url ?? '', socket);
  socket.on('message', (data) => socket.send(data));
});
server.on('listening', () => port.postMessage(server.address()));
