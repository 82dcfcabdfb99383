import { eventually } from '@longspan/testkit';
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { startSystem } from './system.ts';

test('G4: an event with headers that no library would write is delivered, and harms nobody', async () => {
  // Goal: NATS passes on what a publisher in any language writes as a header. One event of one user must not make an edge
  // deaf for all. Method: publish by NATS' own protocol, with names and values that client libraries refuse; a device
  // that is there gets it live, one that comes later by replay, another user's device goes on, NATS is never left.
  await using system = await startSystem({ edges: 1 });
  const { nats, bridge } = system;
  await using ada = bridge.client('ada');
  await using bob = bridge.client('bob');
  await Promise.all([ada.untilLive(), bob.untilLive()]);
  const lines = [
    'bad name: x',
    'no colon at all',
    ': nothing',
    'lone\rreturn: a\rb',
    '\u00ff: ÿ',
    'Nats-Sequence: 999',
  ];
  for (const [i, line] of lines.entries()) await publishRaw(nats.urls[0] ?? '', 'ada', `odd-${i}`, line);
  await bridge.ingress.publish('bob', [{ id: 'plain', type: 'tick' }]);
  await Promise.all([bob.untilSeen('plain', 5_000), ada.untilSeen('odd-5', 5_000)]);
  await using late = bridge.client('ada', { label: 'late' });
  await late.untilSeen('odd-5', 5_000);
  const ids = lines.map((_, i) => `odd-${i}`);
  for (const { seen } of [ada, late])
    expect(seen.map((entry) => (entry.kind === 'event' ? entry.id : ''))).toEqual(ids);
  expect(bridge.edge(0).service.log).not.toContain('"notice":"disconnected"');
});

/** Publishes an event of a user in shard 0 with one header line, and resolves when it is committed. */
async function publishRaw(url: string, user: string, id: string, line: string): Promise<void> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' });
  await once(socket, 'connect');
  let answers = '';
  socket.setEncoding('latin1').on('data', (text: string) => (answers += text));
  const header = Buffer.from(`NATS/1.0\r\n${line}\r\n\r\n`);
  const body = JSON.stringify({ specversion: '1.0', id, source: '/foreign', type: 'tick' });
  socket.write('CONNECT {"verbose":false,"headers":true,"no_responders":true}\r\nSUB _INBOX.odd 1\r\n');
  socket.write(`HPUB ev.0.${user} _INBOX.odd ${header.length} ${header.length + body.length}\r\n`);
  socket.write(Buffer.concat([header, Buffer.from(`${body}\r\n`)]));
  await eventually('the event is committed', () => answers.includes('"seq":'));
  socket.destroy();
}
