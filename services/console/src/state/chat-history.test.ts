import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  activeRun,
  EMPTY_CHAT,
  extendChat,
  latestThread,
  RUNS_SHOWN_MAX,
  type ChatHistory,
  type ChatInput,
} from './chat-history.ts';
import { runEvent } from './test-events.ts';

// Goal: the chat is made from the log alone. Method: events go in as the log would bring them; the chat comes out.

const started = runEvent('agent_started', { input: 'what is 2 + 2?', commandid: 'c1' });
const completed = runEvent('agent_completed', { text: 'It is 4.' });

function chatOf(events: readonly ReturnType<typeof runEvent>[], from: ChatHistory = EMPTY_CHAT): ChatHistory {
  return extendChat(
    from,
    events.map((event): ChatInput => ({ kind: 'event', event })),
  );
}

describe('a run', () => {
  test('shows the question, thoughts, tools with their results, and the text in one piece', () => {
    const chat = chatOf([
      started,
      runEvent('agent_thinking', { text: 'an addition' }),
      runEvent('tool_executing', { tool: 'arithmetic', input: { expression: '2 + 2' }, callid: 'a' }),
      runEvent('tool_completed', { tool: 'arithmetic', output: '4', callid: 'a' }),
      runEvent('agent_output', { text: 'It ', index: 0 }),
      runEvent('agent_output', { text: 'is 4.', index: 1 }),
      completed,
    ]);
    expect(chat.runs).toHaveLength(1);
    expect(chat.runs[0]).toMatchObject({
      input: 'what is 2 + 2?',
      outcome: { kind: 'completed' },
      eventCount: 7,
      parts: [
        { kind: 'thinking', text: 'an addition' },
        { kind: 'tool_done', tool: 'arithmetic', input: { expression: '2 + 2' }, output: '4' },
        { kind: 'text', text: 'It is 4.' },
      ],
    });
  });

  test('taken over by another worker takes back what the earlier attempt had said', () => {
    const chat = chatOf([
      started,
      runEvent('agent_output', { text: 'It is ', index: 0 }),
      runEvent('agent_started', { input: 'what is 2 + 2?', commandid: 'c1' }, { attempt: 2 }),
      runEvent('agent_output', { text: 'It is 4.', index: 0 }, { attempt: 2 }),
    ]);
    expect(chat.runs[0]).toMatchObject({ attempt: 2, parts: [{ kind: 'text', text: 'It is 4.' }] });
  });

  test('does not listen to an earlier attempt that still talks', () => {
    const chat = chatOf([
      started,
      runEvent('agent_started', {}, { attempt: 2 }),
      runEvent('agent_output', { text: 'late', index: 7 }, { attempt: 1 }),
    ]);
    expect(chat.runs[0]).toMatchObject({ attempt: 2, input: 'what is 2 + 2?', parts: [] });
  });

  test('that ended stays as it ended, although it is attempted again', () => {
    const chat = chatOf([
      started,
      runEvent('agent_output', { text: 'It is 4.', index: 0 }),
      completed,
      runEvent('agent_started', {}, { attempt: 2 }),
      runEvent('agent_output', { text: 'It is', index: 0 }, { attempt: 2 }),
    ]);
    expect(chat.runs[0]).toMatchObject({ attempt: 1, outcome: { kind: 'completed' } });
    expect(chat.runs[0]?.parts).toEqual([{ kind: 'text', text: 'It is 4.' }]);
  });

  test('ended by an earlier attempt shows the answer which that attempt gave', () => {
    const chat = chatOf([
      started,
      runEvent('agent_started', {}, { attempt: 2 }),
      runEvent('agent_output', { text: 'It', index: 0 }, { attempt: 2 }),
      completed,
    ]);
    expect(chat.runs[0]).toMatchObject({
      outcome: { kind: 'completed' },
      parts: [{ kind: 'text', text: 'It is 4.' }],
    });
  });

  test('that failed tells why, and one that was stopped tells that', () => {
    const failed = chatOf([started, runEvent('agent_failed', { code: 'timeout', message: 'no answer' })]);
    expect(failed.runs[0]?.outcome).toEqual({ kind: 'failed', reason: 'no answer' });
    const stopped = chatOf([started, runEvent('agent_failed', { code: 'stopped', message: 'stopped' })]);
    expect(stopped.runs[0]?.outcome).toEqual({ kind: 'stopped' });
    const completedStopped = chatOf([started, runEvent('agent_completed', { stopped: true })]);
    expect(completedStopped.runs[0]?.outcome).toEqual({ kind: 'stopped' });
  });

  test('whose beginning the log no longer keeps is shown without its question', () => {
    const chat = chatOf([
      runEvent('tool_completed', { tool: 'clock', output: 'noon', callid: 'x' }),
      completed,
    ]);
    expect(chat.runs[0]).toMatchObject({
      input: undefined,
      parts: [
        { kind: 'tool_done', tool: 'clock' },
        { kind: 'text', text: 'It is 4.' },
      ],
    });
  });
});

describe('a message that was sent', () => {
  const send: ChatInput = { kind: 'send', id: 'c1', threadid: 't1', text: 'what is 2 + 2?' };

  test('waits beside the log until its run names it, committed or not', () => {
    const queued = extendChat(EMPTY_CHAT, [send]);
    expect(queued.sends[0]?.state).toEqual({ kind: 'queued' });
    const committed = extendChat(queued, [{ kind: 'send_committed', id: 'c1' }]);
    expect(committed.sends[0]?.state).toEqual({ kind: 'committed' });
    for (const before of [queued, committed]) {
      const taken = chatOf([started], before);
      expect(taken.sends).toEqual([]);
      expect(taken.runs).toHaveLength(1);
    }
  });

  test('that was refused stays with the reason', () => {
    const chat = extendChat(EMPTY_CHAT, [send, { kind: 'send_refused', id: 'c1', reason: 'closed' }]);
    expect(chat.sends[0]?.state).toEqual({ kind: 'refused', reason: 'closed' });
  });

  test('gives its text to a run that failed before it began', () => {
    const chat = extendChat(EMPTY_CHAT, [
      send,
      { kind: 'event', event: runEvent('agent_failed', { commandid: 'c1', message: 'gave up' }) },
    ]);
    expect(chat.runs[0]).toMatchObject({ input: 'what is 2 + 2?', outcome: { kind: 'failed' } });
    expect(chat.sends).toEqual([]);
  });
});

test('a reload arrives at the same chat, however the events were batched', () => {
  // Goal: the chat depends on the log only. Method: the same log in one batch, and cut at random places.
  const log = [1, 2, 3].flatMap((n) => {
    const run = { runid: `r${n}`, threadid: `t${n}` };
    return [
      runEvent('agent_started', { input: `question ${n}`, commandid: `c${n}` }, run),
      runEvent('tool_executing', { tool: 't', callid: `k${n}` }, run),
      runEvent('agent_started', { input: `question ${n}`, commandid: `c${n}` }, { ...run, attempt: 2 }),
      runEvent('agent_output', { text: 'a' }, { ...run, attempt: 2 }),
      runEvent('agent_output', { text: 'b' }, { ...run, attempt: 2 }),
      runEvent('agent_completed', { text: 'ab' }, { ...run, attempt: 2 }),
    ];
  });
  const whole = chatOf(log);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: log.length })), (cuts) => {
      const at = [0, ...cuts.toSorted((a, b) => a - b), log.length];
      const pieces = at.slice(1).map((end, index) => log.slice(at[index], end));
      expect(pieces.reduce((chat, piece) => chatOf(piece, chat), EMPTY_CHAT)).toEqual(whole);
    }),
  );
});

test('events that belong to no run leave the chat as it is', () => {
  const chat = chatOf([started]);
  const { runid: _, ...note } = runEvent('note', {});
  expect(chatOf([note, runEvent('burst', { n: 1 })], chat)).toBe(chat);
});

test('the next message joins the latest conversation, and the stop button the run that still works', () => {
  const chat = chatOf([
    started,
    runEvent('agent_started', { input: 'b' }, { runid: 'r2', threadid: 't2' }),
    completed,
  ]);
  expect(latestThread(chat)).toBe('t2');
  expect(activeRun(chat)?.runid).toBe('r2');
  expect(latestThread(EMPTY_CHAT)).toBeUndefined();
});

test('the oldest runs leave the page', () => {
  const events = Array.from({ length: RUNS_SHOWN_MAX + 5 }, (_, n) =>
    runEvent('agent_started', {}, { runid: `r${n}` }),
  );
  const chat = chatOf(events);
  expect(chat.runs).toHaveLength(RUNS_SHOWN_MAX);
  expect(chat.runs[0]?.runid).toBe('r5');
});
