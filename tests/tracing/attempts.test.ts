import { AgentError } from '@longspan/agent';
import { contextOf } from '@longspan/broker';
import { eventually, TraceReceiver } from '@longspan/testkit';
import { context as contexts, trace } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { AgentWorld, newUser, runOf } from '../contract/agent-harness.ts';
import { newCaller } from './stage.ts';
import { traceThisProcess } from './this-process.ts';

const PROCESS = 'process cmd.{user}';

test('each attempt at a run is a span of its own below the same send, the failed one red', async () => {
  // Goal: a redelivered command is seen as what it is. Method: a handler that fails once, and looks where it is.
  await using receiver = await TraceReceiver.start();
  await using world = await AgentWorld.start();
  const caller = newCaller();
  const user = newUser();
  const places: (string | undefined)[] = [];
  {
    await using _ = await traceThisProcess('agents', receiver);
    await using agent = world.agent(async (run) => {
      places.push(trace.getActiveSpan()?.spanContext().spanId);
      if (run.attempt === 1) throw new AgentError('busy', 'not now', { retryable: true });
    });
    using watch = world.watch(user);
    await contexts.with(contextOf(caller.traceparent), () => world.send(user, 'chat_message', {}, 'c1'));
    await watch.ended(runOf(user, 'c1'));
    expect(agent.notices.map(({ type }) => type)).toContain('run_retried');
  }
  const spans = await eventually('both attempts have arrived', async () => {
    const found = (await receiver.trace(caller.traceId)) ?? [];
    return found.filter(({ name }) => name === PROCESS).length === 2 && found;
  });
  const send = spans.find(({ name }) => name === 'send cmd.{user}');
  expect(send?.parentSpanId).toBe(caller.spanId);
  const attempts = spans
    .filter(({ name }) => name === PROCESS)
    .toSorted((a, b) => Number(a.attributes['longspan.attempt']) - Number(b.attributes['longspan.attempt']));
  const link = { traceId: caller.traceId, spanId: send?.spanId };
  expect(attempts).toMatchObject([
    {
      parentSpanId: send?.spanId,
      links: [link],
      failed: true,
      attributes: { 'error.type': 'busy', 'longspan.attempt': 1 },
    },
    { parentSpanId: send?.spanId, links: [link], failed: false, attributes: { 'longspan.attempt': 2 } },
  ]);
  expect(places).toEqual(attempts.map(({ spanId }) => spanId));
});
