// Goal: every way to name an edge leads to its WebSocket. Method: a table.
import { expect, test } from 'vitest';
import { socketUrl } from './socket.ts';

test.each([
  ['http://127.0.0.1:8081', 'ws://127.0.0.1:8081/v1/ws'],
  ['https://edge.example/', 'wss://edge.example/v1/ws'],
  ['ws://edge.example', 'ws://edge.example/v1/ws'],
  ['wss://edge.example/base', 'wss://edge.example/base/v1/ws'],
  ['https://edge.example/base//', 'wss://edge.example/base/v1/ws'],
])('%s is reached at %s', (base, url) => {
  expect(socketUrl(base)).toBe(url);
});
