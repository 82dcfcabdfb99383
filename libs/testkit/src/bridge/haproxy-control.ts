import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/** A server of a backend, as HAProxy sees it. */
export interface BackendView {
  readonly name: string;
  /** `UP`, `DOWN`, `MAINT` and what lies between them, such as `UP 1/2`. */
  readonly status: string;
  /** Connections that it has now. */
  readonly sessions: number;
}

/**
 * HAProxy's administration by its socket.
 * @see https://docs.haproxy.org/2.6/management.html#9.3
 */
export class HaproxyControl {
  readonly #path: string;

  constructor(socketPath: string) {
    this.#path = socketPath;
  }

  /** Gives one command and resolves to what it prints. */
  async command(command: string): Promise<string> {
    const socket = connect(this.#path);
    await once(socket, 'connect');
    socket.end(`${command}\n`);
    return text(socket);
  }

  /** The process that takes new connections. */
  async workerId(): Promise<number> {
    const id = /^Pid: ([0-9]+)$/m.exec(await this.command('show info'))?.[1];
    if (id === undefined) throw new Error('HAProxy does not tell its process');
    return Number(id);
  }

  async backends(): Promise<readonly BackendView[]> {
    const [header = '', ...lines] = (await this.command('show stat')).trim().split('\n');
    const columns = header.replace('# ', '').split(',');
    return lines.flatMap((line) => {
      const values = line.split(',');
      const field = (name: string) => values[columns.indexOf(name)] ?? '';
      const name = field('svname');
      if (name === 'FRONTEND' || name === 'BACKEND') return [];
      return [{ name, status: field('status'), sessions: Number(field('scur')) }];
    });
  }
}
