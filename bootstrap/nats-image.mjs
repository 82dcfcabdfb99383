import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { inspectProgram } from './elf-interpreter.mjs';
import { ensureImage, importImage, isPresent, libraryFiles } from './machine-image.mjs';
import { natsVersionOf } from './nats-version.mjs';
import { SetupError } from './setup-error.mjs';

/** The official image of the release that the tests were written with. */
export const officialNatsImage = 'nats:2.15-alpine';

/**
 * An image whose command takes nats-server's arguments: the one that LONGSPAN_NATS_IMAGE names, the official one, or one made of the
 * nats-server program at hand.
 *
 * @param {import('./docker-api.mjs').DockerEngine} engine
 * @param {string | undefined} program a nats-server program on this machine
 * @param {import('./progress.mjs').Progress} progress
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ image: string } | { missing: string }>}
 */
export async function provideNatsImage(engine, program, progress, env = process.env) {
  const wanted = env.LONGSPAN_NATS_IMAGE;
  if (wanted) {
    const problem = await ensureImage(engine, wanted, progress);
    if (problem === undefined) return { image: wanted };
    throw new SetupError(
      `The image that LONGSPAN_NATS_IMAGE names, ${wanted}, is not on this machine and cannot be pulled (${problem}).\n` +
        'Name another one, or unset LONGSPAN_NATS_IMAGE.',
    );
  }
  const own = program === undefined ? undefined : await ownImageName(program);
  if (own !== undefined && (await isPresent(engine, own))) return { image: own };
  const problem = await ensureImage(engine, officialNatsImage, progress);
  if (problem === undefined) return { image: officialNatsImage };
  const noOfficial = `${officialNatsImage} cannot be pulled (${problem})`;
  if (program === undefined || own === undefined) {
    return { missing: `${noOfficial}, and there is no Linux nats-server here to build an image from` };
  }
  return await progress.step(`Building a NATS image from ${program}`, async () => {
    const failure = await buildImage(engine, own, program);
    return failure === undefined
      ? { image: own }
      : { missing: `${noOfficial}, and building one failed: ${failure}` };
  });
}

/** The name carries a hash of the program, so that another program gives another image; undefined for a program of another system. */
async function ownImageName(program) {
  if (inspectProgram(program).kind === 'foreign') return undefined;
  const version = await natsVersionOf(program);
  const hash = createHash('sha256').update(readFileSync(program)).digest('hex').slice(0, 12);
  return `longspan-nats:${version?.join('.') ?? 'unknown'}-${hash}`;
}

/** Imports the program with its loader and libraries as an image; returns what prevents it. */
async function buildImage(engine, name, program) {
  const libraries = await libraryFiles(program);
  if (libraries === undefined) return `the libraries of ${program} cannot be listed`;
  const files = [
    { path: '/tmp', mode: 0o1777 },
    { path: '/data', mode: 0o777 },
    { path: '/nats-server', mode: 0o755, bytes: readFileSync(program) },
    ...libraries,
  ];
  return importImage(engine, name, files, ['ENTRYPOINT ["/nats-server"]', 'EXPOSE 4222 6222 8222']);
}
