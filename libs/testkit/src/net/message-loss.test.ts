import { connect, headers } from '@nats-io/transport-node';
import { expect, test } from 'vitest';
import { startNats } from '../nats/nats-cluster.ts';
import { FaultProxy } from './fault-proxy.ts';
import { MessageLoss } from './message-loss.ts';

test('only the chosen messages are lost, and the connection lives on', async () => {
  // Goal: a fault as small as one lost message, invisible to both ends.
  // Method: a real subscriber behind the relay; of six messages, with and without headers, two are chosen.
  await using nats = await startNats({ nodes: 1, backend: 'processes' });
  const loss = new MessageLoss();
  const port = Number(new URL(nats.urls[0] ?? '').port);
  await using proxy = await FaultProxy.listen(() => port, { filter: loss.filter });
  const direct = await connect({ servers: [...nats.urls] });
  const relayed = await connect({ servers: `127.0.0.1:${proxy.port}` });
  const got: string[] = [];
  relayed.subscribe('>', {
    callback: (_, message) => void got.push(`${message.subject} ${message.string()}`),
  });
  await relayed.flush();

  loss.loseNext(2, (subject) => subject === 'b');
  const withHeader = headers();
  withHeader.set('key', 'value');
  direct.publish('a', 'MSG b 1 3\r\nxyz\r\n');
  direct.publish('b', 'lost', { headers: withHeader });
  direct.publish('b', 'x'.repeat(200_000));
  direct.publish('b', 'kept', { headers: withHeader });
  direct.publish('c', 'ü');
  await direct.flush();
  await relayed.flush();
  expect(got).toEqual(['a MSG b 1 3\r\nxyz\r\n', 'b kept', 'c ü']);
  expect(loss.lost).toBe(2);
  await Promise.all([direct.close(), relayed.close()]);
});
