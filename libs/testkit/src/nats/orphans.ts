import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'longspan-nats-';
const OWNED_DIR = /^longspan-nats-([0-9]+)-/;
/** In a node's folder: the id of the server's process, which nats-server writes itself. */
export const PID_FILE = 'nats-server.pid';

/** A new folder for a cluster, whose name says which process it belongs to. */
export function clusterDir(): Promise<string> {
  return mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
}

/** Whether a process of this id runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Ends the servers, and removes the folders, of test processes that were killed before they could clean up. */
export async function removeOrphans(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = OWNED_DIR.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    const dir = join(tmpdir(), name);
    for (const node of await readdir(dir).catch(() => [])) {
      const pid = Number(await readFile(join(dir, node, PID_FILE), 'utf8').catch(() => ''));
      if (pid > 0 && (await runsFrom(pid, dir))) process.kill(pid, 'SIGKILL');
    }
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Whether the process is a server of that folder; an id is soon somebody else's. Where the system does not tell: no. */
async function runsFrom(pid: number, dir: string): Promise<boolean> {
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes(dir);
}
