import {
  audit,
  auditRuns,
  dumpRuns,
  dumpStreams,
  eventually,
  Evidence,
  scaled,
  startBridge,
  startNats,
  type Bridge,
  type RecordedClient,
  type SentCommand,
} from '@longspan/testkit';
import { onTestFailed, test } from 'vitest';

const USERS = scaled({ short: 6, quick: 6, full: 12, long: 40 });
const KILLS = scaled({ short: 2, quick: 2, full: 6, long: 100 });
const ENDED_WITHIN_MS = 60_000;
const ACK_WAIT_MS = 1_000;
/** The answer takes a second or two. */
const QUESTION = 'count to 60';
const ENDS: readonly string[] = ['agent_completed', 'agent_failed'];

test('an agent killed in the middle of its runs leaves no run without its end, and none with two', async ({
  task,
}) => {
  // Goal: another agent takes a run over in its next attempt, which every reader can tell (PROTOCOL.md, Agent runs).
  // Method: users ask questions with long answers; whenever somebody is being answered, kill the agent who answers and
  // start it again; ask anew. The life of every run is judged by the stream, every device's view by the stream as well.
  await using nats = await startNats({ nodes: 3 });
  task.meta.backend = nats.backend;
  await using evidence = new Evidence('failover', task.name);
  const env = {
    LONGSPAN_AGENT_ACK_WAIT_MS: String(ACK_WAIT_MS),
    // Killed workers are what this is about: no command is to be given up for it.
    LONGSPAN_AGENT_ATTEMPTS: String(KILLS + 5),
  };
  await using bridge = await startBridge({ nats, agents: 2, env });
  onTestFailed(() => console.log(bridge.logTail()));
  await using owned = new AsyncDisposableStack();
  const users = Array.from({ length: USERS }, (_, i) => new Asker(owned.use(bridge.client(`asker-${i}`))));
  const sent: SentCommand[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    const asked = users.map(async (user, i) => {
      const id = `ask-${kill}-${i}`;
      await user.ask(id);
      sent.push({ user: `asker-${i}`, id, outcome: 'acknowledged' });
    });
    const first = await eventually('somebody is being answered', () =>
      users.map(({ answeredBy }) => answeredBy).find((worker) => worker !== undefined),
    );
    evidence.mark(`${first} killed in the middle of its runs`);
    await killAndStart(bridge, first);
    await Promise.all(asked);
  }

  const runs = auditRuns(await dumpRuns(nats.urls));
  evidence.fact('runs', runs);
  evidence.promise({
    metric: 'Failover, agent killed mid-run: runs that end exactly once, last',
    requirement: 'every one',
    achieved: runs.clean
      ? `${runs.runs} of ${sent.length}, in ${runs.attempts} attempts, over ${KILLS} kills`
      : JSON.stringify(runs.faults.slice(0, 3)),
    holds: runs.clean && runs.runs === sent.length,
  });
  evidence.promise({
    metric: 'Failover, agent killed mid-run: the fault was one',
    requirement: 'runs were taken over',
    achieved: `${runs.attempts - runs.runs} attempts beyond the first`,
    holds: runs.attempts > runs.runs,
  });
  const judged = audit({
    published: [],
    committed: await dumpStreams(nats.urls),
    clients: users.map(({ client }) => client.log),
    commands: { sent, effects: runs.effects },
  });
  evidence.audited('Failover, agent killed mid-run: events and commands', judged);
});

async function killAndStart(bridge: Bridge, agent: string): Promise<void> {
  const service = bridge.service(agent);
  await service.kill();
  await service.start();
}

/** A user who asks one thing at a time and waits for the end of the answer. */
class Asker {
  readonly client: RecordedClient;
  #worker: string | undefined;
  #ends = 0;

  constructor(client: RecordedClient) {
    this.client = client;
    client.client.on('event', ({ type, worker }) => {
      if (type === 'agent_output') this.#worker = String(worker);
      if (!ENDS.includes(type)) return;
      this.#worker = undefined;
      this.#ends += 1;
    });
  }

  /** The agent who is answering right now. */
  get answeredBy(): string | undefined {
    return this.#worker;
  }

  /** Resolves when the answer has ended. */
  async ask(id: string): Promise<void> {
    const goal = this.#ends + 1;
    await this.client.client.send({ type: 'chat_message', data: { text: QUESTION } }, { id });
    await eventually(`${id} has its answer`, () => this.#ends >= goal, ENDED_WITHIN_MS);
  }
}
