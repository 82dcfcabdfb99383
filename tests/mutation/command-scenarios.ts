import {
  audit,
  auditRuns,
  dumpCommands,
  dumpRuns,
  dumpStreams,
  eventually,
  faultKindsOf,
  verdict,
  type CommandEffect,
  type RunAudit,
  type SentCommand,
} from '@longspan/testkit';
import { Stage, type Judgement, type Scenario } from './stage.ts';

const ACK_WAIT_MS = 2_000;
/** Time enough for an agent to answer, and for a command that was not acknowledged to come again. */
const ANSWERED_WITHIN_MS = 2 * ACK_WAIT_MS;
const WORDS_BEFORE_THE_FREEZE = 2;

/** A client sends a command again, as after a lost answer. */
export const repeatedSend: Scenario = async (sabotage) => {
  await using stage = await Stage.start({ sabotage });
  await using raw = await (await stage.bridge.rawClient('ada')).connect();
  await stage.publish('ada', 1);
  const send = { type: 'send', id: 'hello', event: { type: 'chat_message', data: { text: 'hello' } } };
  raw.send(send);
  raw.send(send);
  await raw.until('has both answers', () => raw.framesOf('sent') === 2);
  const sent: SentCommand[] = [{ user: 'ada', id: 'hello', outcome: 'acknowledged' }];
  return await judgeCommands(stage, sent, await dumpCommands(stage.nats.urls));
};

/** An agent is asked things that it answers with and without its tools. */
export const conversation: Scenario = async (sabotage) => {
  await using stage = await Stage.start({ sabotage, agents: 1, env: agentEnv(0) });
  await using app = stage.bridge.client('ada');
  const sent: SentCommand[] = [];
  for (const [i, text] of ['count to 3', 'What is (2 + 3) * 4^2?'].entries()) {
    const { id } = await app.client.send({ type: 'chat_message', data: { text } }, { id: `c-${i}` });
    sent.push({ user: 'ada', id, outcome: 'acknowledged' });
  }
  // Whatever is still wrong or missing after this time is a fault; what is repeated is seen as soon as it is.
  await eventually(
    'a command is executed twice',
    async () => (await runsIn(stage)).effects.length > sent.length,
    ANSWERED_WITHIN_MS,
  ).catch(() => undefined);
  const runs = await runsIn(stage);
  const commands = await judgeCommands(stage, sent, runs.effects);
  return withRuns(commands, runs);
};

/** A worker freezes in the middle of a run, another one takes it over, and the first one thaws. */
export const frozenWorker: Scenario = async (sabotage) => {
  await using stage = await Stage.start({ sabotage, agents: 2, env: agentEnv(50) });
  await using app = stage.bridge.client('ada');
  const data = { text: 'count to 60' };
  const { id } = await app.client.send({ type: 'chat_message', data }, { id: 'c-1' });
  const spoken = async (attempt: number): Promise<boolean> => {
    const events = await dumpRuns(stage.nats.urls);
    const said = events.filter((event) => event.type === 'agent_output' && event.attempt >= attempt);
    return said.length >= WORDS_BEFORE_THE_FREEZE;
  };
  await eventually('the first worker speaks', () => spoken(1));
  const workers = ['agent-0', 'agent-1'].map((name) => stage.bridge.service(name));
  const frozen = workers.find(({ log }) => log.includes('agent.run_started'));
  if (frozen === undefined) throw new Error('no worker has begun a run');
  frozen.pause();
  await eventually('the other worker speaks', () => spoken(2));
  frozen.unpause();
  await eventually('the run ends', async () => (await runsIn(stage)).effects.length > 0);
  const runs = await runsIn(stage);
  const sent: SentCommand[] = [{ user: 'ada', id, outcome: 'acknowledged' }];
  const { faults, ...rest } = withRuns(await judgeCommands(stage, sent, runs.effects), runs);
  return { ...rest, faults: runs.stragglers === 0 ? faults : [...faults, 'stragglers'] };
};

function agentEnv(paceMs: number): Readonly<Record<string, string>> {
  return {
    LONGSPAN_AGENT_ACK_WAIT_MS: String(ACK_WAIT_MS),
    LONGSPAN_AGENT_PACE_MS: String(paceMs),
  };
}

async function runsIn(stage: Stage): Promise<RunAudit> {
  return auditRuns(await dumpRuns(stage.nats.urls));
}

function withRuns({ faults, words, sabotagedFiles }: Judgement, runs: RunAudit): Judgement {
  const told = runs.faults.map(({ detail }) => detail).join('; ');
  return {
    faults: runs.clean ? faults : [...faults, 'runLife'],
    words: `${words}\nruns: ${runs.runs}, stragglers: ${runs.stragglers}; ${told}`,
    sabotagedFiles,
  };
}

/** The commands alone: what was said to the user is not what is looked at here. */
async function judgeCommands(
  stage: Stage,
  sent: readonly SentCommand[],
  effects: readonly CommandEffect[],
): Promise<Judgement> {
  const committed = await dumpStreams(stage.nats.urls);
  const clients = [{ client: 'nobody', user: 'nobody', from: 0, seen: [] }];
  const result = audit({ published: stage.published, committed, clients, commands: { sent, effects } });
  return { faults: faultKindsOf(result), words: verdict(result), sabotagedFiles: stage.sabotagedFiles };
}
