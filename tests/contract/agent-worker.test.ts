import type { CloudEvent } from '@longspan/protocol';
import { auditRuns, dumpRuns, eventually } from '@longspan/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AgentWorld, field, isTerminal, newUser, runOf, saidBy } from './agent-harness.ts';

const COUNTED = Array.from({ length: 60 }, (_, i) => i + 1)
  .join(', ')
  .concat('.');

const owned = new AsyncDisposableStack();
let world: AgentWorld;

beforeAll(async () => {
  world = owned.use(await AgentWorld.start());
});
afterAll(async () => {
  await owned.disposeAsync();
});

/** Every event of a run that committed out of its attempt's turn, or after the run's end. */
function outOfTurn(events: readonly CloudEvent[]): readonly CloudEvent[] {
  let attempt = 0;
  let ended = false;
  return events.filter((event) => {
    const late = ended || (event.attempt ?? 0) < attempt;
    attempt = Math.max(attempt, event.attempt ?? 0);
    ended ||= isTerminal(event);
    return late;
  });
}

test('a killed worker’s run is taken over, announces its new attempt and ends once', async () => {
  // Goal: a crash of the agent yields neither doubled nor dangling events.
  // Method: two worker processes; kill the one that counts in the middle of it, and read the whole stream.
  const pace = { LONGSPAN_AGENT_PACE_MS: '20' };
  await using first = world.worker('worker-1', pace);
  await using second = world.worker('worker-2', pace);
  await Promise.all([first.start(), second.start()]);
  const user = newUser();
  using watch = world.watch(user);
  await world.send(user, 'chat_message', { text: 'count to 60' }, 'c1', 't1');
  const runid = runOf(user, 'c1');
  const spoken = await watch.until((event) => event.type === 'agent_output');
  const [victim, heir] = spoken['worker'] === 'worker-1' ? [first, second] : [second, first];
  await victim.kill();
  const ended = await watch.ended(runid);
  const events = await world.committed(user);
  expect(ended).toMatchObject({ type: 'agent_completed', attempt: 2, worker: heir.name });
  expect(events.filter((event) => event.type === 'agent_started').map((event) => event.attempt)).toEqual([
    1, 2,
  ]);
  expect(events.filter(isTerminal)).toHaveLength(1);
  expect(outOfTurn(events)).toEqual([]);
  expect(saidBy(events, runid, 2)).toBe(COUNTED);
  expect(COUNTED.startsWith(saidBy(events, runid, 1))).toBe(true);
  expect(new Set(events.map((event) => event.id)).size).toBe(events.length);
});

test('a worker that was paused for long finds that it has lost its run, and keeps quiet', async () => {
  // Goal: a zombie of attempt 1 does not talk into attempt 2.
  // Method: stop the counting worker with SIGSTOP until another one speaks, then let it go on; it says that it lost.
  //         Its pull request outlives it for a while and may swallow a redelivery, so the heir's attempt is 2 or more.
  const pace = { LONGSPAN_AGENT_PACE_MS: '50' };
  await using first = world.worker('worker-1', pace);
  await using second = world.worker('worker-2', pace);
  await Promise.all([first.start(), second.start()]);
  const user = newUser();
  using watch = world.watch(user);
  await world.send(user, 'chat_message', { text: 'count to 60' }, 'c1');
  const runid = runOf(user, 'c1');
  const spoken = await watch.until((event) => event.type === 'agent_output');
  const [zombie, heir] = spoken['worker'] === 'worker-1' ? [first, second] : [second, first];
  zombie.pause();
  await watch.until((event) => event.type === 'agent_output' && event['worker'] !== zombie.name);
  zombie.unpause();
  await eventually('the zombie lets go', () => zombie.log.includes('agent.run_lost'));
  const ended = await watch.ended(runid);
  const events = await world.committed(user);
  expect(ended).toMatchObject({ type: 'agent_completed', worker: heir.name });
  expect(ended.attempt).toBeGreaterThan(1);
  expect(events.filter(isTerminal)).toHaveLength(1);
  expect(outOfTurn(events)).toEqual([]);
  expect(saidBy(events, runid, ended.attempt ?? 0)).toBe(COUNTED);
});

test('the worker answers chat messages with its tools, ends cleanly and leaves no text in its log', async () => {
  // Goal: what a person sees of one message; SIGTERM drains; logs carry no event data.
  // Method: one worker process, one message with two questions, then SIGTERM.
  await using worker = world.worker('worker-1', {
    LONGSPAN_AGENT_PACE_MS: '0',
  });
  await worker.start();
  const user = newUser();
  using watch = world.watch(user);
  await world.send(
    user,
    'chat_message',
    { text: 'What is (2 + 3) * 4^2? Weekday of 2027-01-01?' },
    'c1',
    't1',
  );
  const runid = runOf(user, 'c1');
  const ended = await watch.ended(runid);
  const events = await world.committed(user);
  expect(events[0]).toMatchObject({ type: 'agent_started', source: '/longspan/agents/agents' });
  expect(
    events.filter((event) => event.type === 'tool_executing').map((event) => field(event, 'tool')),
  ).toEqual(['calculate', 'date_facts']);
  const said = saidBy(events, runid, 1);
  expect(said).toContain('(2 + 3) * 4^2 = 80.');
  expect(said).toContain('Friday');
  expect(field(ended, 'text')).toBe(said);
  expect(await worker.drain()).toBe(0);
  expect(worker.log).not.toContain('4^2');
});

test('a stop reaches the worker that holds the run, whoever takes the command', async () => {
  // Goal: stop works across processes.
  // Method: two workers, a long recital on one of them; stop it by its run id, then read the whole stream.
  const pace = { LONGSPAN_AGENT_PACE_MS: '50' };
  await using first = world.worker('worker-1', pace);
  await using second = world.worker('worker-2', pace);
  await Promise.all([first.start(), second.start()]);
  const user = newUser();
  using watch = world.watch(user);
  await world.send(user, 'chat_message', { text: 'write 2000 words' }, 'c1');
  const runid = runOf(user, 'c1');
  await watch.until((event) => event.type === 'agent_output');
  await world.send(user, 'agent_stop', { runid }, 'c2');
  const ended = await watch.ended(runid);
  const events = await world.committed(user);
  expect(ended).toMatchObject({ type: 'agent_completed', attempt: 1, data: { stopped: true } });
  expect(field(ended, 'text')).toBe(saidBy(events, runid, 1));
  expect(outOfTurn(events)).toEqual([]);
});

test('every run of these tests lived as runs do, and answered its command once', async () => {
  // Goal: a command that was left unacknowledged is not answered again when it is redelivered.
  // Method: the lives of all runs above, from the stream itself; the ack-wait of most of them has long passed.
  const runs = auditRuns(await dumpRuns(world.nats.urls));
  expect(runs.faults).toEqual([]);
  expect(runs.stragglers).toBe(0);
  expect(runs.runs).toBeGreaterThan(0);
});

test('a bad variable is one clear line and exit code 1', async () => {
  // Goal: the environment is read once, and a person understands what is wrong with it.
  // Method: a worker process with a bad value.
  await using worker = world.worker('worker-1', { LONGSPAN_AGENT_RUNTIME: 'magic' });
  await expect(worker.start()).rejects.toThrow(
    'LONGSPAN_AGENT_RUNTIME is "magic"; expected one of builtin, openai',
  );
});
