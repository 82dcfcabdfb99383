import type { Completion, Run } from '@longspan/agent';
import { parseUserId } from '@longspan/protocol';
import { expect, test } from 'vitest';
import { makeToolbox } from '../tools/toolbox.ts';
import { builtinRuntime } from './builtin-runtime.ts';

const answer = builtinRuntime(
  makeToolbox(() => Date.parse('2026-11-22T09:00:00Z')),
  0,
);

/** Has a message answered by a run that writes down what the runtime does with it. */
async function ask(
  data: unknown,
): Promise<{ readonly told: readonly unknown[]; readonly said: string; readonly text: string | undefined }> {
  const user = parseUserId('ada');
  if (user === undefined) throw new Error('not a user id');
  const told: unknown[] = [];
  let said = '';
  const run: Run = {
    id: 'run-1',
    user,
    command: { id: 'c1', user, type: 'chat_message', data, time: '2026-11-22T09:00:00Z' },
    attempt: 1,
    signal: new AbortController().signal,
    emit: async (type) => void told.push(type),
    output: async (text) => {
      said += text;
    },
    think: async (text) => void told.push(text),
    tool: async (tool, input, work) => {
      told.push([tool, input]);
      return work();
    },
    thread: async () => [],
  };
  const completion: Completion = await answer(run);
  return { told, said, text: completion.text };
}

test('several questions are answered in order, and the whole answer is what was said', async () => {
  // Goal: tools, prose and completion agree.
  // Method: one message with two questions and one that cannot be understood.
  const { told, said, text } = await ask({ text: 'What is 2+2? Weekday of 2027-01-01? Will it rain?' });
  expect(told).toEqual([
    'These are 2 questions, for my tools "calculate", "date facts".',
    ['calculate', { expression: '2+2' }],
    ['date_facts', { date: '2027-01-01' }],
  ]);
  expect(said.split('\n\n')).toEqual([
    '2+2 = 4.',
    expect.stringContaining('Friday'),
    'I did not understand "Will it rain?". Say "help" to see what I can do.',
  ]);
  expect(text).toBe(said);
});

test('a tool that cannot do it says why, in the answer', async () => {
  // Goal: a division by zero is an answer, not a failed run.
  // Method: example.
  expect((await ask({ text: '1/0' })).said).toBe('I cannot say: division by zero in "1/0".');
});

test('a message that is not understood is answered with what can be asked', async () => {
  // Goal: helpful, not silent.
  // Method: example.
  expect((await ask({ text: 'What is the meaning of life?' })).said).toContain('Count to 50');
});

test('more questions than the limit are answered up to it, and that is said', async () => {
  // Goal: bounded work for one message.
  // Method: a dozen sums.
  const { said } = await ask({ text: Array.from({ length: 12 }, (_, n) => `${n}+1?`).join(' ') });
  expect(said.split('\n\n')).toHaveLength(11);
  expect(said).toContain('up to 10 questions');
});

test.each([[{}], ['text'], [{ text: '  ' }], [{ text: 7 }], [{ text: 'x'.repeat(100_001) }], [undefined]])(
  'a message without a fitting text is refused for good: %#',
  async (data) => {
    // Goal: a bad command is not tried again.
    // Method: examples.
    await expect(ask(data)).rejects.toMatchObject({ code: 'bad_message', retryable: false });
  },
);
