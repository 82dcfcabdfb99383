import { expect, test } from 'vitest';
import { brief } from './brief.ts';

test('a value is told in one line by its plain fields', () => {
  expect(brief('434')).toBe('434');
  expect(brief(undefined)).toBe('');
  expect(brief({ expression: '2 + 2' })).toBe('2 + 2');
  expect(brief({ from: 'today', days: 3, nested: { a: 1 }, exact: true })).toBe('today · 3');
  expect(brief([1, { a: 2 }])).toBe('1 · 2');
});

test('prose is left out where there are facts', () => {
  expect(brief({ text: 'It is noon.', time: '12:00' })).toBe('12:00');
  expect(brief({ text: 'It is noon.' })).toBe('It is noon.');
});
