import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { removeOrphanContainers, type ContainerEngine } from '../nats/container-owner.ts';
import { ServiceContainer, type ServiceContainerOptions } from './service-container.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const NAME = 'longspan:under-test';
/** What deploy/Dockerfile copies, files and folders; .dockerignore leaves out some of it. */
const CONTEXT = [
  'deploy/Dockerfile',
  'deploy/health-check.mjs',
  'libs',
  'package-lock.json',
  'package.json',
  'services',
  'bench/package.json',
  'tests/package.json',
  'tsconfig.json',
] as const;
/** How this machine reaches a registry is what the build has to know, too. */
const PASSED_ON = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'] as const;

/** The image with Node and npm that the run has for us, if any (`bootstrap/node-image.mjs`). */
export function nodeImage(): string | undefined {
  const image = process.env['LONGSPAN_TEST_NODE_IMAGE'];
  return image === undefined || image === '' ? undefined : image;
}

/** The product's image, as deploy/Dockerfile makes it. */
export class ProductImage {
  readonly #engine: ContainerEngine;

  private constructor(engine: ContainerEngine) {
    this.#engine = engine;
  }

  /** Builds it on an image with Node and npm. Rejects with what the build said. */
  static async build(base: string): Promise<ProductImage> {
    const { getContainerRuntimeClient } = await import('testcontainers');
    const engine = await getContainerRuntimeClient();
    await removeOrphanContainers(engine);
    await build(engine, base);
    return new ProductImage(engine);
  }

  /** What the engine tells of it. */
  inspect() {
    return this.#engine.container.dockerode.getImage(NAME).inspect();
  }

  /** A service in a container of its own, not started yet. */
  service(options: Omit<ServiceContainerOptions, 'engine' | 'image'>): ServiceContainer {
    return new ServiceContainer({ engine: this.#engine, image: NAME, ...options });
  }
}

async function build(engine: ContainerEngine, base: string): Promise<void> {
  const registry = process.env['npm_config_registry'];
  const passedOn = PASSED_ON.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const { dockerode } = engine.container;
  const output = await dockerode.buildImage(
    { context: ROOT, src: CONTEXT.flatMap(filesIn) },
    {
      t: NAME,
      dockerfile: 'deploy/Dockerfile',
      // The registry may be reached by this machine's own ways only.
      networkmode: 'host',
      rm: true,
      forcerm: true,
      buildargs: {
        ...Object.fromEntries(passedOn),
        ...(registry === undefined ? {} : { NPM_CONFIG_REGISTRY: registry }),
        BUILD_IMAGE: base,
        RUNTIME_IMAGE: base,
        VERSION: '0.0.0-test',
        REVISION: 'working-tree',
      },
    },
  );
  const said: string[] = [];
  const failure = await new Promise<string | undefined>((resolve) => {
    let failed: string | undefined;
    dockerode.modem.followProgress(
      output,
      (error) => resolve(error?.message ?? failed),
      ({ stream = '', error }: { readonly stream?: string; readonly error?: string }) => {
        said.push(stream);
        failed ??= error;
      },
    );
  });
  if (failure !== undefined) throw new Error(`the image could not be built: ${failure}\n${said.join('')}`);
}

/** Of a folder, every file in it: what is to be left out is recognised by files only. */
function filesIn(path: string): readonly string[] {
  const place = join(ROOT, path);
  if (!statSync(place).isDirectory()) return [path];
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .toSorted();
}
