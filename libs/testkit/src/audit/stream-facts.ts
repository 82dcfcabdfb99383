import { jetstreamManager, type StreamInfo } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { eventually } from '../eventually.ts';
import type { StreamFacts } from './logs.ts';

const SHARD = /^LONGSPAN_EVENTS_([0-9]+)$/;
const ANSWER_WITHIN_MS = 5_000;
const READ_WITHIN_MS = 60_000;
const FIRST_MARK = 'first';

/** Asks the streams for what discards events in them, in order of shard. A cluster that cannot answer is asked again. */
export function streamFacts(urls: readonly string[]): Promise<readonly StreamFacts[]> {
  return eventually('the streams tell of themselves', () => readFacts(urls), READ_WITHIN_MS);
}

async function readFacts(urls: readonly string[]): Promise<readonly StreamFacts[]> {
  const connection = await connect({ servers: [...urls], ignoreClusterUpdates: true });
  try {
    const manager = await jetstreamManager(connection, { timeout: ANSWER_WITHIN_MS });
    const facts: StreamFacts[] = [];
    for await (const info of manager.streams.list()) {
      const shard = SHARD.exec(info.config.name)?.[1];
      if (shard !== undefined) facts[Number(shard)] = await factsOf(connection, info, Number(shard));
    }
    return facts;
  } finally {
    await connection.close();
  }
}

async function factsOf(connection: NatsConnection, info: StreamInfo, shard: number): Promise<StreamFacts> {
  const { config, state, created } = info;
  return {
    name: config.name,
    epoch: epochOf(created),
    firstSeq: state.first_seq,
    lastSeq: state.last_seq,
    keepPerUser: config.max_msgs_per_subject,
    agedUpTo: await agedUpTo(connection, info, shard),
  };
}

/**
 * Marks in the stream disappear by age only (PROTOCOL.md, `sync.<shard>.age`): as long as the first one of all is
 * there, nothing has aged away; later, what lies above the newest mark certainly has not.
 */
async function agedUpTo(
  connection: NatsConnection,
  { config, state }: StreamInfo,
  shard: number,
): Promise<number> {
  const mark = async (request: object): Promise<StoredMark | undefined> => {
    const subject = `$JS.API.STREAM.MSG.GET.${config.name}`;
    const answer = await connection.request(subject, JSON.stringify(request), { timeout: ANSWER_WITHIN_MS });
    return answer.json<{ readonly message?: StoredMark }>().message;
  };
  const subject = `sync.${shard}.age`;
  const oldest = await mark({ seq: 1, next_by_subj: subject });
  if (oldest !== undefined && Buffer.from(oldest.data, 'base64').toString() === FIRST_MARK) return 0;
  const newest = await mark({ last_by_subj: subject });
  return newest?.seq ?? state.last_seq;
}

interface StoredMark {
  readonly seq: number;
  /** In base 64. */
  readonly data: string;
}

/** PROTOCOL.md: the stream's creation time in nanoseconds since 1970, in base 36. */
function epochOf(created: string): string {
  const [seconds = '', fraction = ''] = created.replace(/Z$/, '').split('.');
  const nanos = BigInt(Date.parse(`${seconds}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0').slice(0, 9));
  return nanos.toString(36);
}
