import type { StartedTestContainer } from 'testcontainers';
import { ownLabels, type ContainerEngine } from './container-owner.ts';

const FILLER = 'filler';

/**
 * A small disk for one container: a volume of limited size in memory. It lasts as long as the container runs. When it is
 * full, writes fail as on any full disk (ENOSPC).
 */
export class ContainerDisk implements AsyncDisposable {
  /** The volume's name. */
  readonly name: string;
  readonly #engine: ContainerEngine;
  readonly #bytes: number;

  private constructor(engine: ContainerEngine, name: string, bytes: number) {
    this.#engine = engine;
    this.name = name;
    this.#bytes = bytes;
  }

  static async make(engine: ContainerEngine, bytes: number): Promise<ContainerDisk> {
    const volume = await engine.container.dockerode.createVolume({
      Driver: 'local',
      DriverOpts: { type: 'tmpfs', device: 'tmpfs', o: `size=${bytes}` },
      Labels: ownLabels(),
    });
    return new ContainerDisk(engine, volume.name, bytes);
  }

  /** Writes into `folder`, where the container has the disk, until there is no room left. */
  async fill(container: StartedTestContainer, folder: string): Promise<void> {
    // The engine says that there is no room for all of it, and leaves there what has found room.
    await this.#write(container, folder, Buffer.alloc(this.#bytes)).then(
      () => {
        throw new Error(`a disk of ${this.#bytes} bytes took more than that`);
      },
      (error: unknown) => {
        if (!String(error).includes('no space left')) throw error;
      },
    );
  }

  /** Takes away what `fill` has written. */
  async free(container: StartedTestContainer, folder: string): Promise<void> {
    await this.#write(container, folder, Buffer.alloc(0));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine.container.dockerode.getVolume(this.name).remove();
  }

  async #write(container: StartedTestContainer, folder: string, content: Buffer): Promise<void> {
    await container.copyContentToContainer([{ content, target: `${folder}/${FILLER}` }]);
  }
}
