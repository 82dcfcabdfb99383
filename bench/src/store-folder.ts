import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const PREFIX = 'run-';

/** Where the systems of one run store what they store. Disposing of it removes it. */
export class StoreFolder implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Makes one, and removes those of runs that ended without removing theirs. */
  static async make(parent: string): Promise<StoreFolder> {
    await mkdir(parent, { recursive: true });
    for (const name of await readdir(parent)) {
      if (!isRunning(Number(name.slice(PREFIX.length))))
        await rm(join(parent, name), { recursive: true, force: true });
    }
    const path = join(parent, `${PREFIX}${process.pid}`);
    await mkdir(path, { recursive: true });
    return new StoreFolder(path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true, maxRetries: 5 });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
