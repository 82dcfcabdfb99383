import { eventually } from '../eventually.ts';
import { logText } from '../nats/container-log.ts';
import { ownLabels, type ContainerEngine } from '../nats/container-owner.ts';

const SECOND_NS = 1_000_000_000;

type Container = Awaited<ReturnType<ContainerEngine['container']['create']>>;

export interface ServiceContainerOptions {
  readonly engine: ContainerEngine;
  readonly image: string;
  /** `edge`, `ingress`, `agent` or `topology`: runs `services/<kind>/src/main.ts`. */
  readonly kind: string;
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * A service from the product's image, as Kubernetes would run it: nothing can be written, no privilege is left, and each
 * life is a container of its own. It shares this machine's network, so that it reaches what tests run there.
 */
export class ServiceContainer implements AsyncDisposable {
  readonly name: string;
  readonly #options: ServiceContainerOptions;
  #container: Container | undefined;

  constructor(options: ServiceContainerOptions) {
    this.name = options.name;
    this.#options = options;
  }

  /** Starts a new container and resolves when it serves. Rejects with its log if it ends before. */
  async start(): Promise<void> {
    const { kind } = this.#options;
    await this.#create();
    await eventually(`${this.name} serves`, async () => {
      const log = await this.log();
      if (log.includes(`"msg":"${kind}.ready"`)) return true;
      const { State } = await this.inspect();
      return State.Running ? false : Promise.reject(new Error(`it ended with ${State.ExitCode}:\n${log}`));
    });
  }

  /** Runs it to its end; resolves to its exit code. */
  async run(): Promise<number> {
    await this.#create();
    return this.#ended();
  }

  /** SIGTERM: it drains. Resolves to its exit code when it has ended. */
  async drain(): Promise<number> {
    await this.#running().kill({ signal: 'SIGTERM' });
    return this.#ended();
  }

  /** Resolves when its own health check has called it healthy. */
  async untilHealthy(): Promise<void> {
    await eventually(`${this.name} is healthy`, async () => {
      const { State } = await this.inspect();
      return State.Health?.Status === 'healthy';
    });
  }

  inspect(): ReturnType<Container['inspect']> {
    return this.#running().inspect();
  }

  /** What it has logged in this life. */
  async log(): Promise<string> {
    return logText(await this.#running().logs({ stdout: true, stderr: true }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const container = this.#container;
    this.#container = undefined;
    await container?.remove({ force: true, v: true });
  }

  async #create(): Promise<void> {
    await this[Symbol.asyncDispose]();
    const { engine, image, kind, name, env } = this.#options;
    this.#container = await engine.container.create({
      Image: image,
      Cmd: [`services/${kind}/src/main.ts`],
      Env: Object.entries({ LONGSPAN_NAME: name, ...env }).map(([key, value]) => `${key}=${value}`),
      Labels: ownLabels(),
      // The image's check, asked more often.
      Healthcheck: { Interval: SECOND_NS },
      HostConfig: {
        NetworkMode: 'host',
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges'],
      },
    });
    await this.#container.start();
  }

  async #ended(): Promise<number> {
    const { StatusCode }: { readonly StatusCode: number } = await this.#running().wait();
    return StatusCode;
  }

  #running(): Container {
    if (!this.#container) throw new Error(`${this.name} was never started`);
    return this.#container;
  }
}
