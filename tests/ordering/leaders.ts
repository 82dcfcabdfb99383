import { connect } from '@nats-io/transport-node';
import { eventually, type Evidence, type NatsCluster } from '@longspan/testkit';

const STREAM = 'LONGSPAN_EVENTS_0';
const ANSWER_WITHIN_MS = 5_000;

/** Ways in which a stream comes by another leader. */
export type Change = 'stepdown' | 'kill';

/** Gives the stream another leader: by an order to step down, or by killing the node that leads. Resolves when it leads. */
export async function changeLeader(nats: NatsCluster, how: Change, evidence: Evidence): Promise<void> {
  const leader = await nats.waitForLeader(STREAM);
  evidence.mark(how === 'kill' ? 'leader killed' : 'leader steps down');
  if (how === 'stepdown') {
    await eventually('the leader steps down', () => stepDown(nats));
    await nats.waitForOtherLeader(STREAM, leader);
    return;
  }
  await nats.kill(leader);
  await nats.waitForOtherLeader(STREAM, leader);
  evidence.mark('another leader');
  await nats.start(leader);
  await nats.waitCurrent(leader);
  evidence.mark('killed node is back');
}

/** True if the leader has agreed; a cluster in an election has nobody to ask. */
async function stepDown(nats: NatsCluster): Promise<boolean> {
  const connection = await connect({ servers: [...nats.urls], ignoreClusterUpdates: true });
  try {
    const subject = `$JS.API.STREAM.LEADER.STEPDOWN.${STREAM}`;
    const answer = await connection.request(subject, '', { timeout: ANSWER_WITHIN_MS });
    return answer.json<{ readonly success?: boolean }>().success === true;
  } finally {
    await connection.close();
  }
}
