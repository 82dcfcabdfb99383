import { createServer, type ServerResponse } from 'node:http';
import { connectRedis, type RedisClient } from '../redis-client.ts';
import { endInOrder } from '../end-in-order.ts';
import { userOfToken } from '../tokens.ts';
import { EVENT_FIELD, READY, streamOf } from './stream.ts';

// Server-Sent Events from Redis Streams: `Last-Event-ID` is the entry after which a device goes on. XREAD blocks its connection, so
// each device has one.

const READ_COUNT = 100;
const BLOCK_MS = 15_000;
const HEADERS = { 'content-type': 'text/event-stream', 'cache-control': 'no-store' };

const redis = await connectRedis(process.env['REDIS_URL'] ?? '');

const server = createServer((request, response) => {
  const token = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
  const lastEventId = request.headers['last-event-id'];
  userOfToken(token).then(
    (user) => stream(user, typeof lastEventId === 'string' ? lastEventId : undefined, response),
    () => response.writeHead(401).end(),
  );
});
server.listen(Number(process.env['PORT']), '127.0.0.1', () => process.stdout.write('ready\n'));
endInOrder();

async function stream(user: string, after: string | undefined, response: ServerResponse): Promise<void> {
  const key = streamOf(user);
  const reader = redis.duplicate();
  reader.on('error', () => undefined);
  response.on('close', () => reader.destroy());
  try {
    const [, head] = await Promise.all([reader.connect(), after ?? headOf(key)]);
    response.writeHead(200, HEADERS);
    // A device that has had no event yet must know its place, too.
    response.write(`event: ${READY}\nid: ${head}\ndata: \n\n`);
    await copy(reader, key, head, response);
  } catch {
    response.destroy();
  }
}

async function copy(
  reader: RedisClient,
  key: string,
  after: string,
  response: ServerResponse,
): Promise<void> {
  for (let id = after; !response.destroyed;) {
    const found = await reader.xRead({ key, id }, { COUNT: READ_COUNT, BLOCK: BLOCK_MS });
    const entries = found?.[0]?.messages ?? [];
    let text = entries.length === 0 ? ': ping\n\n' : '';
    for (const entry of entries) {
      id = entry.id;
      text += `id: ${id}\ndata: ${entry.message[EVENT_FIELD]}\n\n`;
    }
    if (!response.write(text)) await new Promise((resolve) => response.once('drain', resolve));
  }
}

/** The last entry of a stream; the beginning of one that does not exist. */
async function headOf(key: string): Promise<string> {
  const info = await redis.xInfoStream(key).catch(() => undefined);
  return info?.['last-generated-id'] ?? '0-0';
}
