import { connect } from '@nats-io/transport-node';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { CommandEffect } from '../audit/logs.ts';
import { eventually } from '../eventually.ts';

const STREAM = 'LONGSPAN_COMMANDS';
const SUBJECT = /^cmd\.([^.]+)$/;
const BATCH = 1_000;
const PAGE_WITHIN_MS = 1_000;
const READ_WITHIN_MS = 60_000;

/**
 * Reads all commands as they lie in NATS: where nobody acts on commands, having been committed is their only effect.
 * A cluster that cannot answer yet is asked again.
 */
export function dumpCommands(urls: readonly string[]): Promise<readonly CommandEffect[]> {
  return eventually('the commands are read to their end', () => readAll(urls), READ_WITHIN_MS);
}

async function readAll(urls: readonly string[]): Promise<readonly CommandEffect[]> {
  const connection = await connect({ servers: [...urls], ignoreClusterUpdates: true });
  try {
    const manager = await jetstreamManager(connection);
    const { state } = await manager.streams.info(STREAM);
    const consumer = await jetstream(connection).consumers.get(STREAM);
    const commands: CommandEffect[] = [];
    let seq = state.messages === 0 ? state.last_seq : 0;
    while (seq < state.last_seq) {
      for await (const message of await consumer.fetch({ max_messages: BATCH, expires: PAGE_WITHIN_MS })) {
        const token = SUBJECT.exec(message.subject)?.[1];
        const { id } = message.json<{ readonly id: string }>();
        // PROTOCOL.md writes a user id as one token: `=` and two hexadecimal digits are a byte.
        if (token !== undefined) commands.push({ user: decodeURIComponent(token.replaceAll('=', '%')), id });
        seq = message.seq;
        if (seq >= state.last_seq) break;
      }
    }
    await consumer.delete();
    return commands;
  } finally {
    await connection.close();
  }
}
