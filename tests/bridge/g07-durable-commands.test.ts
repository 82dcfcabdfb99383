import { connect } from '@nats-io/transport-node';
import { storedMessages } from '@longspan/testkit';
import { expect, test } from 'vitest';
import { startSystem } from './system.ts';

/** The commands as they lie in NATS, in order. */
async function committedCommands(
  urls: readonly string[],
): Promise<readonly { readonly seq: number; readonly text: string }[]> {
  const connection = await connect({ servers: [...urls] });
  const commands = await Array.fromAsync(
    storedMessages(connection, 'LONGSPAN_COMMANDS', 'cmd.>'),
    (message) => ({ seq: message.seq, text: message.string() }),
  );
  await connection.close();
  return commands;
}

test('G7: a command is committed once when its promise resolves, across cuts and a killed edge', async () => {
  // Goal: `sent` means committed; what is sent again after a lost answer is recognised by its id.
  // Method: send while cutting the connection and killing the edge; then look into the stream of commands.
  await using system = await startSystem();
  const { nats, bridge } = system;
  await using app = bridge.client('ada');
  await app.client.caughtUp();
  const texts = Array.from({ length: 12 }, (_, n) => `text-${n}`);
  const receipts = [];
  for (const [n, text] of texts.entries()) {
    const receipt = app.client.send({ type: 'chat_message', data: { text } });
    if (n === 3 || n === 6) app.client.disconnect();
    if (n === 9) await bridge.edge(0).service.kill();
    receipts.push(await receipt);
  }
  const commands = await committedCommands(nats.urls);
  expect(commands).toHaveLength(texts.length);
  for (const [n, text] of texts.entries()) expect(commands[n]?.text).toContain(`"${text}"`);
  expect(receipts.map(({ position }) => Number(position.split('-').at(-1)))).toEqual(
    commands.map(({ seq }) => seq),
  );
});

test("G7: a command sent again under the same id is answered with the first one's place", async () => {
  // Goal: a repeat is recognisable, on any edge.
  await using system = await startSystem();
  const { nats, bridge } = system;
  const send = async (startAt: number) => {
    await using app = bridge.client('ada', { startAt });
    return await app.client.send({ type: 'chat_message', data: { text: 'hello' } }, { id: 'one' });
  };
  const first = await send(0);
  const second = await send(1);
  expect(first).toMatchObject({ id: 'one', duplicate: false });
  expect(second).toEqual({ ...first, duplicate: true });
  expect(await committedCommands(nats.urls)).toHaveLength(1);
});
