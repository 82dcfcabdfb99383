import type { Delivery, Publisher, Receipt } from '@longspan/broker';
import { parsePosition, parseUserId, type CloudEvent, type UserId } from '@longspan/protocol';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { ActiveRun } from './active-run.ts';
import { AgentPublisher } from './agent-publisher.ts';
import { Lease } from './lease.ts';

const ACK_WAIT_MS = 1_000;

/** A log in memory behind the publisher's port: it commits whatever it is given. */
class MemoryLog implements Publisher {
  readonly events: CloudEvent[] = [];

  async publish(_: UserId, events: readonly CloudEvent[]): Promise<readonly Receipt[]> {
    this.events.push(...events);
    const position = parsePosition('e-1');
    if (position === undefined) throw new Error('not a position');
    return events.map(({ id }) => ({ id, position, duplicate: false }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing to close.
  }
}

/** A run of attempt 2, whose clock is moved by hand. */
function startRun() {
  const user = parseUserId('ada');
  if (user === undefined) throw new Error('not a user id');
  const log = new MemoryLog();
  const clock = { now: 0 };
  const delivery: Delivery = {
    command: {
      id: 'c1',
      user,
      type: 'chat_message',
      data: { text: 'hi' },
      threadid: 't1',
      time: '2026-11-22T09:00:00Z',
    },
    attempt: 2,
    seq: 7,
    working: () => undefined,
    ack: async () => undefined,
    retry: () => undefined,
    bury: async () => undefined,
  };
  const lease = new Lease(ACK_WAIT_MS, () => clock.now);
  const run = new ActiveRun({
    id: 'run-1',
    delivery,
    publisher: new AgentPublisher(log, { source: '/test' }),
    lease,
    worker: 'w',
    outputFlushMs: 1,
    context: ROOT_CONTEXT,
    readThread: async () => [],
  });
  const types = (): readonly string[] => log.events.map((event) => event.type);
  return { run, log, clock, types };
}

test('event ids name the attempt, and the terminal event’s does not', async () => {
  // Goal: a repeated publish is one event, and of several attempts' ends one is committed.
  // Method: one attempt; look at the ids.
  const { run, log } = startRun();
  await run.begin();
  await run.think('so');
  await run.complete({ text: 'done' });
  expect(log.events.map(({ id }) => id)).toEqual(['run-1.2.0', 'run-1.2.1', 'run-1.end']);
  expect(log.events.every((event) => event.runid === 'run-1' && event['worker'] === 'w')).toBe(true);
});

test('a run whose lease has run out publishes nothing more, not even its end', async () => {
  // Goal: a worker that was held up does not talk into its successor's run.
  // Method: let the ack-wait pass between two events, with text still held back.
  const { run, clock, types } = startRun();
  await run.begin();
  await run.output('held back');
  clock.now = ACK_WAIT_MS;
  await expect(run.emit('tool_executing', {})).rejects.toMatchObject({ code: 'lease_lost' });
  await expect(run.complete({})).rejects.toMatchObject({ code: 'lease_lost' });
  expect(run.signal.reason).toMatchObject({ code: 'lease_lost' });
  expect(types()).toEqual(['agent_started']);
});

test('a run ends once, whoever comes first', async () => {
  // Goal: exactly one terminal event.
  // Method: stop, complete and fail together.
  const { run, types, log } = startRun();
  await run.begin();
  await run.output('half');
  await Promise.all([run.stop(), run.complete({ text: 'whole' }), run.stop()]);
  expect(types()).toEqual(['agent_started', 'agent_output', 'agent_completed']);
  expect(log.events.at(-1)?.data).toEqual({ stopped: true, text: 'half' });
  await expect(run.output('more')).rejects.toMatchObject({ code: 'stopped' });
});

test('a handler cannot begin or end its run by itself', async () => {
  // Goal: the library alone announces and ends.
  // Method: emit each of the three types.
  const { run, types } = startRun();
  await run.begin();
  for (const type of ['agent_started', 'agent_completed', 'agent_failed']) {
    await expect(run.emit(type)).rejects.toBeInstanceOf(TypeError);
  }
  expect(types()).toEqual(['agent_started']);
});

test('a tool’s failure is told before it is thrown on', async () => {
  // Goal: no tool_executing without its tool_completed.
  // Method: a tool that throws.
  const { run, log } = startRun();
  await run.begin();
  const called = run.tool('bad', { a: 1 }, () => {
    throw new Error('broken');
  });
  await expect(called).rejects.toThrow('broken');
  expect(log.events.at(-1)).toMatchObject({
    type: 'tool_completed',
    data: { tool: 'bad', callid: '2.1', error: 'broken' },
  });
});
