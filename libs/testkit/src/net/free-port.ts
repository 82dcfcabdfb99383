import { createServer } from 'node:net';

/**
 * Below the range from which systems draw ports for outgoing connections (32768 on Linux, 49152 elsewhere): a server
 * that is down for a while finds its port still free when it comes back.
 */
const PORT_MIN = 12_000;
const PORT_MAX = 32_000;
const handedOut = new Set<number>();

/** A TCP port of 127.0.0.1 that nobody listens on now, and that this process has not handed out before. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = PORT_MIN + Math.floor(Math.random() * (PORT_MAX - PORT_MIN));
    if (handedOut.has(port) || !(await canListen(port))) continue;
    handedOut.add(port);
    return port;
  }
  throw new Error(`no free port found from ${PORT_MIN} to ${PORT_MAX}`);
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
