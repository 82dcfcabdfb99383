import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { CloudEvent, UserId } from '@longspan/protocol';
import type { Service } from '@longspan/testkit';
import { AgentWorld, field, isTerminal, newUser, runOf, saidBy } from './agent-harness.ts';
import { calling, ModelServer, saying } from './agent-model-server.ts';

let world: AgentWorld;
let model: ModelServer;
let worker: Service;
const owned = new AsyncDisposableStack();

beforeAll(async () => {
  world = owned.use(await AgentWorld.start());
  model = owned.use(await ModelServer.start());
  worker = owned.use(
    world.worker('worker-1', {
      LONGSPAN_AGENT_RUNTIME: 'openai',
      LONGSPAN_AGENT_ATTEMPTS: '3',
      LONGSPAN_OPENAI_URL: model.url,
      LONGSPAN_OPENAI_KEY: 'sk-test-secret',
      LONGSPAN_OPENAI_MODEL: 'small-model',
      LONGSPAN_OPENAI_SILENCE_MS: '500',
    }),
  );
  await worker.start();
});
afterEach(() => {
  model.asked.length = 0;
});
afterAll(async () => {
  await owned.disposeAsync();
});

/** Sends a message and resolves to the run's events once it has ended. */
async function ask(user: UserId, text: string, id = 'c1', threadid?: string): Promise<readonly CloudEvent[]> {
  using watch = world.watch(user);
  await world.send(user, 'chat_message', { text }, id, threadid);
  const runid = runOf(user, id);
  await watch.ended(runid);
  return (await world.committed(user)).filter((event) => event.runid === runid);
}

test('a model’s answer is streamed piece by piece and completed with its usage', async () => {
  // Goal: streaming text, the key in the request and not in the log.
  // Method: a model that says three pieces, letters of several bytes among them.
  model.will(saying('Grüße', ' an ', 'alle 👋'));
  const user = newUser();
  const events = await ask(user, 'Say hello');
  expect(saidBy(events, runOf(user, 'c1'), 1)).toBe('Grüße an alle 👋');
  expect(events.at(-1)?.data).toEqual({
    text: 'Grüße an alle 👋',
    usage: { inputTokens: 7, outputTokens: 3 },
  });
  expect(model.asked[0]).toMatchObject({
    authorization: 'Bearer sk-test-secret',
    body: { model: 'small-model', stream: true },
  });
  expect(worker.log).not.toContain('sk-test-secret');
});

test('a model calls tools and answers with what they found', async () => {
  // Goal: tool calls, whose arguments come in pieces, are run and given back; they are events of the run.
  // Method: a model that calls calculate, then a tool that does not exist, then answers.
  model.will(calling('calculate', { expression: '6*7' }), calling('weather', {}), saying('It is 42.'));
  const user = newUser();
  const events = await ask(user, 'What is 6*7?');
  const executed = events.filter((event) => event.type === 'tool_executing');
  expect(executed.map((event) => [field(event, 'tool'), field(event, 'input')])).toEqual([
    ['calculate', { expression: '6*7' }],
    ['weather', {}],
  ]);
  const completed = events.filter((event) => event.type === 'tool_completed');
  expect(field(completed[0], 'output')).toMatchObject({ result: '42' });
  expect(field(completed[1], 'error')).toBe('there is no tool called weather');
  expect(field(events.at(-1), 'text')).toBe('It is 42.');
  const [, second] = model.asked;
  expect(second?.body.messages.at(-1)).toMatchObject({
    role: 'tool',
    content: expect.stringContaining('6*7 = 42'),
  });
  expect(second?.body.tools?.map((tool) => tool.function.name)).toContain('text_statistics');
});

test('a thread’s earlier turns are told to the model, and other threads’ are not', async () => {
  // Goal: conversation history from the user's own stream.
  // Method: two threads; look at what the third request carries.
  model.will(saying('One.'), saying('Other.'), saying('Two.'));
  const user = newUser();
  await ask(user, 'first', 'c1', 't1');
  await ask(user, 'elsewhere', 'c2', 't2');
  await ask(user, 'second', 'c3', 't1');
  const messages = model.asked[2]?.body.messages.slice(1).map(({ role, content }) => [role, content]);
  expect(messages).toEqual([
    ['user', 'first'],
    ['assistant', 'One.'],
    ['user', 'second'],
  ]);
});

test('a busy model is asked again after the wait that it names', async () => {
  // Goal: 429 is retryable.
  // Method: one 429 with Retry-After: 0, then an answer.
  model.will({ kind: 'status', status: 429, headers: { 'retry-after': '0' } }, saying('Now.'));
  const events = await ask(newUser(), 'hi');
  expect(events.at(-1)).toMatchObject({ type: 'agent_completed', attempt: 2, data: { text: 'Now.' } });
});

test('an answer that is cut in the middle is begun again, and only the whole one completes', async () => {
  // Goal: a stream that ends without its end is no answer.
  // Method: a model that is cut after a piece, one that falls silent, one that answers.
  const piece = { choices: [{ delta: { content: 'Half' } }] };
  model.will(
    { kind: 'stream', chunks: [piece], cut: true },
    { kind: 'silence', chunks: [piece] },
    saying('Whole.'),
  );
  const events = await ask(newUser(), 'hi');
  expect(events.filter(isTerminal)).toHaveLength(1);
  expect(events.at(-1)).toMatchObject({ type: 'agent_completed', attempt: 3, data: { text: 'Whole.' } });
});

test('a model that refuses is not asked again', async () => {
  // Goal: a 400 is an answer too.
  // Method: one 400; the run fails in its first attempt, and the endpoint's own words stay inside.
  model.will({ kind: 'status', status: 400 });
  const events = await ask(newUser(), 'hi');
  expect(events.at(-1)).toMatchObject({ type: 'agent_failed', attempt: 1, data: { code: 'model_refused' } });
  expect(JSON.stringify(events)).not.toContain('told to');
  expect(model.asked).toHaveLength(1);
});

test('a model with a lasting fault fails the run after its attempts', async () => {
  // Goal: bounded redelivery, then agent_failed.
  // Method: three answers 500.
  model.will(...[1, 2, 3].map(() => ({ kind: 'status', status: 500 }) as const));
  const events = await ask(newUser(), 'hi');
  const failed = { type: 'agent_failed', attempt: 3, data: { code: 'model_unavailable', retryable: true } };
  expect(events.at(-1)).toMatchObject(failed);
});
