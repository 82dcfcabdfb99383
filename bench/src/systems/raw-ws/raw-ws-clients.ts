import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { BenchEvent } from '../../load/event.ts';
import type { SystemClients } from '../clients.ts';

/** What is published within one turn of the event loop travels as one frame: the server is to be busy with sending, not with taking. */
export const rawWsClients: SystemClients = {
  async openPublisher({ edgeUrls: [url = ''] }) {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/publish`);
    await once(socket, 'open');
    let lines = '';
    let waiting: ((error?: Error) => void)[] = [];
    const flush = (): void => {
      const settle = waiting;
      socket.send(lines, { binary: true }, (error) => {
        for (const settled of settle) settled(error ?? undefined);
      });
      [lines, waiting] = ['', []];
    };
    return {
      publish: (user, event, settled) => {
        if (waiting.length === 0) setImmediate(flush);
        lines += `${user} ${JSON.stringify(event)}\n`;
        waiting.push(settled);
      },
      [Symbol.asyncDispose]: async () => socket.terminate(),
    };
  },

  connect({ edgeUrls: [url = ''] }, { user, event, live, lost }) {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/${user}`);
    socket.on('open', live);
    socket.on('message', (data: Buffer) => event(JSON.parse(data.toString()) as BenchEvent));
    socket.on('close', lost);
    socket.on('error', () => undefined);
    return { close: async () => socket.terminate() };
  },
};
