import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { expect, test } from 'vitest';
import { requireFreePorts } from './free-ports.ts';

async function listenSomewhere(): Promise<{ port: number; server: Server }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, server };
}

test('a port in use is named together with the variable that moves it', async () => {
  // Goal: the person knows what to do. Method: hold a real port, then let it go.
  const { port, server } = await listenSomewhere();
  const uses = [{ port, who: 'the ingress', variable: 'LONGSPAN_INGRESS_PORT' }];
  await expect(requireFreePorts(uses, '127.0.0.1')).rejects.toThrow(
    new RegExp(
      `^Port ${port}, on which the ingress is to listen, is in use[^]*LONGSPAN_INGRESS_PORT=<port> npm start$`,
      'u',
    ),
  );
  server.close();
  await once(server, 'close');
  await expect(requireFreePorts(uses, '127.0.0.1')).resolves.toBeUndefined();
});

test('two parts on one port are refused before either starts', async () => {
  // Goal: a mistake in the settings is not shown as a crash. Method: the same port twice.
  const { port, server } = await listenSomewhere();
  server.close();
  await once(server, 'close');
  const uses = [
    { port, who: 'the ingress', variable: 'LONGSPAN_INGRESS_PORT' },
    { port, who: 'an edge', variable: 'LONGSPAN_EDGE_PORTS' },
  ];
  await expect(requireFreePorts(uses, '127.0.0.1')).rejects.toThrow(
    'LONGSPAN_EDGE_PORTS or LONGSPAN_INGRESS_PORT',
  );
});
