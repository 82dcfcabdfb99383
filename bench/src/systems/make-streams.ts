import { connectNats, ensureTopology } from '@longspan/broker';
import { eventually } from '@longspan/testkit';

const RETENTION_MS = 24 * 3_600_000;
const DUPLICATE_WINDOW_MS = 120_000;
/** Longspan's own default. */
const EVENTS_PER_USER = 1_000;

/** Makes Longspan's streams, with its defaults, as its topology job does before anything else runs. */
export async function makeStreams(
  natsUrls: readonly string[],
  { shards, replicas }: { readonly shards: number; readonly replicas: number },
): Promise<void> {
  const nc = await connectNats({ servers: natsUrls, name: 'topology' });
  try {
    const spec = {
      shards,
      replicas,
      eventsPerUser: EVENTS_PER_USER,
      retentionMs: RETENTION_MS,
      duplicateWindowMs: DUPLICATE_WINDOW_MS,
    };
    // A cluster that has just come up may not have met all its members yet.
    await eventually('the streams are there', () => ensureTopology(nc, spec));
  } finally {
    await nc.close();
  }
}
