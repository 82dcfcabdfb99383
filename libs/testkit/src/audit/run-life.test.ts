import { expect, test } from 'vitest';
import { auditRuns, type RunEvent } from './run-life.ts';

// Goal: the checker catches whatever a run's events may get wrong, and nothing else.
// Method: a life without a fault, of two attempts, and the same with one thing changed.

let seq = 0;
const event = (type: string, more: Partial<RunEvent> = {}): RunEvent => ({
  user: 'ada',
  seq: ++seq,
  type,
  runid: 'run-1',
  attempt: 2,
  ...more,
});

const started = event('agent_started', { attempt: 1, commandId: 'c-1' });
const thinking = event('agent_thinking', { attempt: 1 });
const again = event('agent_started', { commandId: 'c-1' });
const executing = event('tool_executing', { callId: '2.1' });
const completed = event('tool_completed', { callId: '2.1' });
const first = event('agent_output', { index: 0 });
const second = event('agent_output', { index: 1 });
const ended = event('agent_completed');
const life = [started, thinking, again, executing, completed, first, second, ended];

function without(...absent: readonly RunEvent[]): readonly RunEvent[] {
  return life.filter((one) => !absent.includes(one));
}

test('a life with two attempts and one end is clean, and is the effect of its command', () => {
  expect(auditRuns(life)).toEqual({
    clean: true,
    runs: 1,
    attempts: 2,
    stragglers: 0,
    faults: [],
    effects: [{ user: 'ada', id: 'c-1' }],
  });
});

test('what a lower attempt still says is counted apart', () => {
  const late = event('agent_output', { attempt: 1, index: 0 });
  expect(auditRuns([...life.slice(0, 4), late, ...life.slice(4)])).toMatchObject({
    clean: true,
    stragglers: 1,
  });
  expect(auditRuns([...life, late])).toMatchObject({ clean: true, stragglers: 1 });
});

test('a run that was stopped before it began has nothing but its end, and one that was stopped ends anywhere', () => {
  const stop = event('agent_completed', { attempt: 1, stopped: true });
  expect(auditRuns([stop]).clean).toBe(true);
  expect(auditRuns([...without(completed, first, second, ended), { ...stop, attempt: 2 }]).clean).toBe(true);
});

test.each<[string, readonly RunEvent[], string]>([
  ['no announcement', without(started, thinking, again), 'before attempt 2 is announced'],
  ['an attempt that is not announced', without(again), 'before attempt 2 is announced'],
  ['an attempt that is announced twice', [...life.slice(0, 3), again, ...life.slice(3)], 'announced twice'],
  ['an event before the announcement', [thinking, ...without(thinking)], 'before attempt 1 is announced'],
  [
    'a tool that completes before it executes',
    life.toSpliced(3, 2, completed, executing),
    'was not executing',
  ],
  ['a tool that completes twice', [...life.slice(0, 5), completed, ...life.slice(5)], 'was not executing'],
  ['a tool that never completes', without(completed), 'were executing'],
  ['a lost piece of text', without(first), 'piece 1 of the text where 0 was due'],
  ['a repeated piece of text', life.toSpliced(6, 0, first), 'piece 0 of the text where 1 was due'],
  ['no end', without(ended), 'no end'],
  ['two ends', [...life, event('agent_failed')], 'a second end'],
  ['an event after the end', life.toSpliced(6, 2, ended, second), 'agent_output after the end'],
  ['an end alone', [ended], 'before anything was announced'],
  ['an event of another user', life.map((one) => (one === first ? { ...one, user: 'bob' } : one)), 'of ada'],
])('%s is caught', (_, events, detail) => {
  const result = auditRuns(events);
  expect(result.clean).toBe(false);
  expect(result.faults.map((fault) => fault.detail).join('; ')).toContain(detail);
});

test('without any run there is nothing to be clean', () => {
  expect(auditRuns([]).clean).toBe(false);
});
