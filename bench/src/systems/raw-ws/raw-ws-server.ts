import { WebSocketServer, type WebSocket } from 'ws';
import { endInOrder } from '../end-in-order.ts';

// One process, no broker. A publisher's frame holds lines of `<user> <event>`, and each event goes to the sockets of its user.

const NEWLINE = 10;
const SPACE = 32;
const TEXT = { binary: false };

const sockets = new Map<string, Set<WebSocket>>();
const server = new WebSocketServer({ port: Number(process.env['PORT']), host: '127.0.0.1' });

server.on('connection', (socket, request) => {
  const path = request.url ?? '/';
  if (path === '/publish') {
    socket.on('message', (data: Buffer) => relay(data));
    return;
  }
  const user = path.slice(1);
  const own = sockets.get(user) ?? new Set();
  sockets.set(user, own.add(socket));
  socket.on('close', () => own.delete(socket));
});
server.on('listening', () => process.stdout.write('ready\n'));
endInOrder();

function relay(lines: Buffer): void {
  for (let start = 0; start < lines.length;) {
    const end = lines.indexOf(NEWLINE, start);
    const space = lines.indexOf(SPACE, start);
    const event = lines.subarray(space + 1, end);
    for (const socket of sockets.get(lines.toString('latin1', start, space)) ?? []) socket.send(event, TEXT);
    start = end + 1;
  }
}
