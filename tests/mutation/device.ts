/**
 * An application in a process of its own, so that its library can be sabotaged. It logs what its callback is given, a
 * line of JSON each, as the audit takes it. From its environment it learns the edge, its token and how often to
 * change its connection.
 */
import { LongspanClient } from '@longspan/client';

const { DEVICE_URL = '', DEVICE_TOKEN = '', DEVICE_RECONNECT_EVERY = '0' } = process.env;
const reconnectEvery = Number(DEVICE_RECONNECT_EVERY);

const client = new LongspanClient({ urls: [DEVICE_URL], token: DEVICE_TOKEN, from: 'earliest' });
let count = 0;
client.on('event', ({ id }, { seq }) => {
  console.log(JSON.stringify({ kind: 'event', seq, id }));
  count += 1;
  if (reconnectEvery > 0 && count % reconnectEvery === 0) client.reconnect();
});
client.on('gap', ({ reason }) => {
  console.log(JSON.stringify({ kind: 'gap', from: 0, to: 0, reason }));
});
client.connect();
process.stdin.on('end', () => process.exit()).resume();
