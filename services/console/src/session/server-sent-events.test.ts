import { expect, test } from 'vitest';
import { ServerSentEvents } from './server-sent-events.ts';

test('events come out whole, wherever the stream is cut', () => {
  // Goal: no event is lost or torn. Method: every way to cut a text of two events in three.
  const text = 'event: history\ndata: [1]\n\nevent: operations\ndata: {"a":"b: c"}\n\n';
  const whole = [
    { name: 'history', data: '[1]' },
    { name: 'operations', data: '{"a":"b: c"}' },
  ];
  for (let a = 0; a <= text.length; a += 1) {
    for (let b = a; b <= text.length; b += 1) {
      const events = new ServerSentEvents();
      const pieces = [text.slice(0, a), text.slice(a, b), text.slice(b)];
      expect(pieces.flatMap((piece) => events.take(piece))).toEqual(whole);
    }
  }
});
