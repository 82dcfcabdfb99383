import { createServer } from 'node:net';
import { SetupError } from '../bootstrap/setup-error.mjs';

/** A port that the system is about to use: by whom, and which variable moves it. */
export type PortUse = { readonly port: number; readonly who: string; readonly variable: string };

/**
 * Makes sure, before anything is started, that every port can be listened on.
 *
 * @throws SetupError naming the first port that is taken and the variable that moves it
 */
export async function requireFreePorts(uses: readonly PortUse[], host: string): Promise<void> {
  const seen = new Map<number, PortUse>();
  for (const use of uses) {
    const other = seen.get(use.port);
    if (other !== undefined) {
      throw new SetupError(
        `${use.who} and ${other.who} are both to listen on port ${use.port}. Change ${use.variable} or ${other.variable}.`,
      );
    }
    seen.set(use.port, use);
  }
  for (const use of uses) {
    const problem = await whyNotFree(use.port, host);
    if (problem === undefined) continue;
    throw new SetupError(
      `Port ${use.port}, on which ${use.who} is to listen, ${problem}.\n` +
        `Stop the program that uses it, or choose another port: ${use.variable}=<port> npm start`,
    );
  }
}

/** Why this port cannot be listened on, as the end of a sentence; undefined where it can. */
function whyNotFree(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve('is in use');
      else if (error.code === 'EACCES') resolve('may not be used by this account');
      else resolve(`cannot be used (${error.message})`);
    });
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
