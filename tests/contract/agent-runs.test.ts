import { AgentError, AgentPublisher, type RunHandler } from '@longspan/agent';
import type { CloudEvent } from '@longspan/protocol';
import { eventually } from '@longspan/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AgentWorld, field, isTerminal, newUser, runOf, saidBy } from './agent-harness.ts';

const owned = new AsyncDisposableStack();
let world: AgentWorld;

beforeAll(async () => {
  world = owned.use(await AgentWorld.start());
});
afterAll(async () => {
  await owned.disposeAsync();
});

function typesOf(events: readonly CloudEvent[]): readonly string[] {
  return events.map((event) => event.type);
}

test('a run is announced, told in call order and ended once', async () => {
  // Goal: the order of a run's events is that of the handler's calls, awaited or not.
  // Method: a handler that awaits nothing but its tool; compare what was committed.
  await using _ = world.agent(async (run) => {
    void run.think('so');
    void run.output('one ');
    void run.output('two ');
    await run.tool('add', { a: 1 }, () => ({ text: '2' }));
    void run.output('three');
    return { text: 'one two three' };
  });
  const user = newUser();
  using watch = world.watch(user);
  await world.send(user, 'chat_message', { text: 'hi' }, 'c1', 't1');
  const runid = runOf(user, 'c1');
  await watch.ended(runid);
  const events = await world.committed(user);
  expect(typesOf(events)).toEqual([
    'agent_started',
    'agent_thinking',
    'agent_output',
    'tool_executing',
    'tool_completed',
    'agent_output',
    'agent_completed',
  ]);
  expect(
    events.every((event) => event.runid === runid && event.attempt === 1 && event.threadid === 't1'),
  ).toBe(true);
  expect(events[0]?.data).toMatchObject({ input: 'hi', commandid: 'c1', attempt: 1 });
  expect(saidBy(events, runid, 1)).toBe('one two three');
  expect(events.at(-1)?.data).toEqual({ text: 'one two three' });
  expect(field(events[3], 'callid')).toBe(field(events[4], 'callid'));
});

test('a failure that may pass is tried again, and the new attempt announces itself', async () => {
  // Goal: bounded redelivery of retryable failures.
  // Method: a handler that fails retryably once after it has spoken.
  await using agent = world.agent(async (run) => {
    await run.output(`attempt ${run.attempt}`);
    if (run.attempt === 1) throw new AgentError('model_busy', 'busy', { retryable: true });
    return {};
  });
  const user = newUser();
  using watch = world.watch(user);
  await world.send(user, 'chat_message', { text: 'hi' }, 'c1');
  const runid = runOf(user, 'c1');
  await watch.ended(runid);
  const events = await world.committed(user);
  const started = events.filter((event) => event.type === 'agent_started');
  expect(started.map((event) => event.attempt)).toEqual([1, 2]);
  expect(events.filter(isTerminal).map((event) => [event.type, event.attempt])).toEqual([
    ['agent_completed', 2],
  ]);
  expect(saidBy(events, runid, 2)).toBe('attempt 2');
  expect(agent.notices.map((notice) => notice.type)).toContain('run_retried');
});

test('a failure for good is told once and not tried again', async () => {
  // Goal: agent_failed with the error's code, then silence.
  // Method: a handler that fails for good; a second command shows that the first is done with.
  let calls = 0;
  await using _ = world.agent(async () => {
    calls += 1;
    throw new AgentError('bad_message', 'I need a text.');
  });
  const user = newUser();
  using watch = world.watch(user);
  await world.send(user, 'chat_message', {}, 'c1');
  const failed = await watch.ended(runOf(user, 'c1'));
  expect(failed.data).toEqual({ code: 'bad_message', message: 'I need a text.', retryable: false });
  await world.send(user, 'chat_message', {}, 'c2');
  await watch.ended(runOf(user, 'c2'));
  expect(calls).toBe(2);
});

test('a command that fails every time is buried after its attempts, and its run does not dangle', async () => {
  // Goal: a poison command ends in the dead letters with agent_failed as the run's only terminal event.
  // Method: a handler with a bug; three attempts.
  let calls = 0;
  await using agent = world.agent(
    async () => {
      calls += 1;
      throw new TypeError('a bug');
    },
    { attemptsMax: 3 },
  );
  const user = newUser();
  using watch = world.watch(user);
  await world.send(user, 'chat_message', { text: 'poison' }, 'c1');
  const failed = await watch.ended(runOf(user, 'c1'));
  await agent.noticed('run_buried');
  expect(failed).toMatchObject({ type: 'agent_failed', attempt: 3 });
  // What the fault was is for the log, not for the person.
  expect(failed.data).toMatchObject({ code: 'internal', message: 'The agent failed.' });
  expect(calls).toBe(3);
  expect((await world.committed(user)).filter(isTerminal)).toHaveLength(1);
  const jsm = await import('@nats-io/jetstream').then((js) => js.jetstreamManager(world.broker.nats));
  const dead = await eventually('the dead letter', async () => {
    const info = await jsm.streams.info('LONGSPAN_DEAD_COMMANDS', { subjects_filter: `dead.cmd.${user}` });
    return info.state.subjects?.[`dead.cmd.${user}`];
  });
  expect(dead).toBe(1);
});

test('a command that every worker dies of is given up without being handled again', async () => {
  // Goal: bounded redelivery where no worker lives to count.
  // Method: the log of a run of which three attempts were announced and no more is known; then its command comes.
  let calls = 0;
  await using agent = world.agent(
    async () => {
      calls += 1;
    },
    { attemptsMax: 3 },
  );
  const user = newUser();
  using watch = world.watch(user);
  const runid = runOf(user, 'c1');
  await using publisher = new AgentPublisher(world.broker.publisher, { source: '/test' });
  for (const attempt of [1, 2, 3]) {
    await publisher.publish(user, { type: 'agent_started', runid, attempt, data: { commandseq: 1 } });
  }
  await world.send(user, 'chat_message', { text: 'poison' }, 'c1');
  const failed = await watch.ended(runid);
  await agent.noticed('run_buried');
  expect(failed).toMatchObject({ type: 'agent_failed', attempt: 4, data: { code: 'too_many_attempts' } });
  expect(calls).toBe(0);
});

test('a run is stopped by a command, though every worker is busy', async () => {
  // Goal: agent_stop reaches a run behind full hands, and the run ends once, as stopped, with what it had said.
  // Method: one worker with one hand, whose handler speaks and then waits for ever and does not listen.
  const handle: RunHandler = async (run) => {
    await run.output('so far');
    return new Promise(() => undefined);
  };
  await using agent = world.agent(handle, { concurrency: 1 });
  const user = newUser();
  using watch = world.watch(user);
  await world.send(user, 'chat_message', { text: 'talk' }, 'c1', 't1');
  const runid = runOf(user, 'c1');
  await watch.until((event) => event.type === 'agent_output');
  await world.send(user, 'agent_stop', { runid }, 'c2');
  const ended = await watch.ended(runid);
  expect(ended).toMatchObject({
    type: 'agent_completed',
    threadid: 't1',
    data: { stopped: true, text: 'so far' },
  });
  await agent.noticed('run_stopped');
  expect((await world.committed(user)).filter(isTerminal)).toHaveLength(1);
});

test('a run that was stopped before anybody took it never starts', async () => {
  // Goal: a stop outlives the moment: it is in the log when the command is taken.
  // Method: an agent whose only hand is taken; stop the command that waits behind, then free the hand.
  const gate = Promise.withResolvers<void>();
  const heard: string[] = [];
  await using agent = world.agent(
    async (run) => {
      heard.push(run.command.id);
      if (run.command.id === 'first') await gate.promise;
    },
    { concurrency: 1 },
  );
  const user = newUser();
  using watch = world.watch(user);
  await world.send(user, 'chat_message', { text: 'a' }, 'first');
  await agent.noticed('run_started');
  await world.send(user, 'chat_message', { text: 'b' }, 'second');
  await world.send(user, 'agent_stop', { commandid: 'second' }, 'stop');
  const ended = await watch.ended(runOf(user, 'second'));
  expect(ended.data).toMatchObject({ stopped: true });
  gate.resolve();
  await watch.ended(runOf(user, 'first'));
  await agent.noticed('run_over');
  expect(heard).toEqual(['first']);
});

test('nobody stops the run of another user', async () => {
  // Goal: G4 for commands.
  // Method: Eve names Ada's run; her stop has taken its whole way when its own (empty) run is ended; Ada's goes on.
  const gate = Promise.withResolvers<void>();
  await using agent = world.agent(async () => gate.promise.then(() => ({ text: 'done' })));
  const [ada, eve] = [newUser(), newUser()];
  using watchAda = world.watch(ada);
  using watchEve = world.watch(eve);
  await world.send(ada, 'chat_message', { text: 'a' }, 'c1');
  const runid = runOf(ada, 'c1');
  await agent.noticed('run_started');
  await world.send(eve, 'agent_stop', { runid }, 'c1');
  await watchEve.ended(runid);
  gate.resolve();
  expect((await watchAda.ended(runid)).data).toEqual({ text: 'done' });
});

test('a command that comes again after the log has forgotten it is not answered again', async () => {
  // Goal: G7: a repeat is recognised by its id, also past the window of duplicates.
  // Method: the same command under another message id, as after a long absence: published past the writer.
  let calls = 0;
  await using agent = world.agent(async () => {
    calls += 1;
    return { text: 'done' };
  });
  const user = newUser();
  using watch = world.watch(user);
  await world.send(user, 'chat_message', { text: 'a' }, 'c1');
  await watch.ended(runOf(user, 'c1'));
  const jsm = await import('@nats-io/jetstream').then((js) => js.jetstreamManager(world.broker.nats));
  const first = await jsm.streams.getMessage('LONGSPAN_COMMANDS', { last_by_subj: `cmd.${user}` });
  if (first === null) throw new Error('the command is not there');
  const { header } = first;
  header.delete('Nats-Msg-Id');
  const reply = await world.broker.nats.request(`cmd.${user}`, first.data, {
    headers: header,
    timeout: 5_000,
  });
  expect(reply.json()).not.toHaveProperty('error');
  await agent.noticed('run_over');
  expect(calls).toBe(1);
  expect(await world.committed(user)).toHaveLength(2);
});

test('a worker that goes down hands back what it cannot finish', async () => {
  // Goal: graceful stop within the drain time; the run goes on elsewhere at once.
  // Method: an agent with a handler that does not end is stopped with no drain time; another takes over.
  const user = newUser();
  using watch = world.watch(user);
  const first = world.agent(
    async (run) => {
      await run.output('never ');
      return new Promise(() => undefined);
    },
    { drainMs: 0, ackWaitMs: 60_000, name: 'drained' },
  );
  await world.send(user, 'chat_message', { text: 'a' }, 'c1');
  await watch.until((event) => event.type === 'agent_output');
  await first.stop();
  expect(first.notices.at(-1)?.type).toBe('run_handed_back');
  await using _ = world.agent(async () => ({ text: 'done' }), { ackWaitMs: 60_000, name: 'drained' });
  const ended = await watch.ended(runOf(user, 'c1'));
  expect(ended).toMatchObject({ type: 'agent_completed', attempt: 2 });
});

test('a worker that is told to go finishes what it can', async () => {
  // Goal: a drain does not cut an answer short.
  // Method: stop an agent in mid-run; the handler ends within the drain time.
  const gate = Promise.withResolvers<void>();
  const agent = world.agent(async (run) => {
    await run.output('half ');
    await gate.promise;
    await run.output('whole');
    return { text: 'half whole' };
  });
  const user = newUser();
  using watch = world.watch(user);
  await world.send(user, 'chat_message', { text: 'a' }, 'c1');
  await watch.until((event) => event.type === 'agent_output');
  const stopped = agent.stop();
  gate.resolve();
  await stopped;
  expect(saidBy(await world.committed(user), runOf(user, 'c1'), 1)).toBe('half whole');
  expect(agent.notices.map((notice) => notice.type)).toContain('run_completed');
});

test('an answer that is too large for an event fails instead of coming back for ever', async () => {
  // Goal: no poison loop through the terminal event.
  // Method: a handler that returns more than an event may hold.
  await using _ = world.agent(async () => ({ text: 'x'.repeat(300 * 1024) }));
  const user = newUser();
  using watch = world.watch(user);
  await world.send(user, 'chat_message', { text: 'a' }, 'c1');
  const ended = await watch.ended(runOf(user, 'c1'));
  expect(ended).toMatchObject({ type: 'agent_failed', attempt: 1, data: { code: 'answer_too_big' } });
});
