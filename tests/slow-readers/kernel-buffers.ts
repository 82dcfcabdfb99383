import { readFile } from 'node:fs/promises';

const ESTABLISHED = '01';

/**
 * Bytes that the system itself holds between an edge and its clients, on all connections of its port: written and not
 * yet read. 0 where the system does not tell (it does on Linux).
 */
export async function kernelBytes(port: number): Promise<number> {
  const table = await readFile('/proc/net/tcp', 'utf8').catch(() => '');
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  let bytes = 0;
  for (const line of table.split('\n').slice(1)) {
    const [, local = '', remote = '', state, queues = ''] = line.trim().split(/\s+/);
    if (state !== ESTABLISHED) continue;
    const [sending = '0', received = '0'] = queues.split(':');
    if (local.endsWith(suffix)) bytes += Number.parseInt(sending, 16);
    else if (remote.endsWith(suffix)) bytes += Number.parseInt(received, 16);
  }
  return bytes;
}
