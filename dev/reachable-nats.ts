import { connect } from 'node:net';
import { SetupError } from '../bootstrap/setup-error.mjs';

const patienceMs = 5_000;
const natsPort = 4222;

/**
 * Makes sure that at least one of the servers that LONGSPAN_NATS_URL names takes connections.
 *
 * @throws SetupError naming the variable
 */
export async function requireReachableNats(urls: string): Promise<void> {
  const attempts = urls.split(',').map((url) => reach(addressOf(url.trim())));
  if ((await Promise.all(attempts)).includes(true)) return;
  throw new SetupError(
    `No NATS server answers at LONGSPAN_NATS_URL=${withoutPassword(urls)}.\n` +
      'Start it, correct the address, or unset the variable to let `npm start` run a server of its own.',
  );
}

/** The host and port in `nats://user:password@host:port`, `host:port` or `host`. */
export function addressOf(url: string): { readonly host: string; readonly port: number } {
  const withScheme = url.includes('://') ? url : `nats://${url}`;
  if (!URL.canParse(withScheme)) {
    throw new SetupError(`LONGSPAN_NATS_URL holds ${url}, which is no address: write nats://host:port.`);
  }
  const { hostname, port } = new URL(withScheme);
  return { host: hostname.replaceAll(/^\[|\]$/gu, ''), port: port === '' ? natsPort : Number(port) };
}

function reach(address: { readonly host: string; readonly port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ ...address, timeout: patienceMs });
    const answer = (isReached: boolean): void => {
      socket.destroy();
      resolve(isReached);
    };
    socket.on('connect', () => answer(true));
    socket.on('error', () => answer(false));
    socket.on('timeout', () => answer(false));
  });
}

function withoutPassword(urls: string): string {
  return urls.replaceAll(/\/\/[^@/,]*@/gu, '//…@');
}
