import { afterAll, beforeAll, expect, test } from 'vitest';
import { AgentWorld, field, isTerminal, newUser, runOf } from './agent-harness.ts';

const owned = new AsyncDisposableStack();
let world: AgentWorld;

beforeAll(async () => {
  world = owned.use(await AgentWorld.start(3));
});
afterAll(async () => {
  await owned.disposeAsync();
});

test.each(['LONGSPAN_EVENTS_0', 'LONGSPAN_COMMANDS'])(
  'a run goes on through the death of the leader of %s, in its first attempt, and nothing it tells is lost or repeated',
  async (stream) => {
    // Goal: an election stalls a run and nothing else; the lease outlasts it.
    // Method: a 3-node cluster; kill the stream's leader hard while a handler counts as fast as the log commits, and
    //         let it count on until the cluster has its new leader.
    const elected = new AbortController();
    let counted = 0;
    await using agent = world.agent(
      async (run) => {
        while (!elected.signal.aborted) await run.emit('counted', { n: counted++ });
        return { text: String(counted) };
      },
      { ackWaitMs: 20_000 },
    );
    const user = newUser();
    using watch = world.watch(user);
    await world.send(user, 'chat_message', { text: 'talk' }, 'c1');
    const runid = runOf(user, 'c1');
    await watch.until((event) => event.type === 'counted');
    const leader = await world.nats.waitForLeader(stream);
    await world.nats.kill(leader);
    await world.nats.waitForLeader(stream);
    elected.abort();
    await agent.noticed('run_completed');
    const events = (await world.committed(user)).filter((event) => event.runid === runid);
    expect(events.filter((event) => event.type === 'agent_started').map((event) => event.attempt)).toEqual([
      1,
    ]);
    const told = events.filter((event) => event.type === 'counted').map((event) => field(event, 'n'));
    expect(told).toEqual(Array.from({ length: counted }, (_, n) => n));
    expect(events.filter(isTerminal)).toHaveLength(1);
    expect(events.at(-1)?.type).toBe('agent_completed');
    await world.nats.start(leader);
    await world.nats.waitCurrent(leader);
  },
);
