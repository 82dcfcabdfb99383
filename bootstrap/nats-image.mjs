import { createHash } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { askDocker } from './docker-api.mjs';
import { inspectProgram } from './elf-interpreter.mjs';
import { natsVersionOf } from './nats-version.mjs';
import { lastLines, runCommand } from './run-command.mjs';
import { SetupError } from './setup-error.mjs';
import { tarArchive } from './tar-archive.mjs';

/** The official image of the release that the tests were written with. */
export const officialNatsImage = 'nats:2.15-alpine';

const pullSilenceMs = 20_000;

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

async function isPresent(engine, image) {
  return (await askDocker(engine, 'GET', `/images/${image}/json`)).status === 200;
}

/** Makes sure that the engine has the image; returns what prevents it. */
export async function ensureImage(engine, image, progress) {
  if (await isPresent(engine, image)) return undefined;
  const pull = async () => {
    try {
      const query = new URLSearchParams({ fromImage: image.includes(':') ? image : `${image}:latest` });
      const answer = await askDocker(engine, 'POST', `/images/create?${query}`, { silenceMs: pullSilenceMs });
      return (await isPresent(engine, image)) ? undefined : shortReason(answer.text);
    } catch (error) {
      return error.message;
    }
  };
  return await progress.step(`Pulling the image ${image}`, pull, (problem) => problem === undefined);
}

/** The engine reports as JSON, one object a line; the last one with a message tells what went wrong. */
function shortReason(text) {
  const found = text.matchAll(/"(?:message|error)":("(?:[^"\\]|\\.)*")/gu);
  const message = [...found].map(([, json]) => JSON.parse(json)).at(-1) ?? 'the engine gave no reason';
  return message.replaceAll(/\s+/gu, ' ').trim().slice(0, 160);
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
  const libraries = await librariesOf(program);
  if (libraries === undefined) return `the libraries of ${program} cannot be listed`;
  const archive = tarArchive([
    { path: '/tmp', mode: 0o1777 },
    { path: '/data', mode: 0o777 },
    { path: '/nats-server', mode: 0o755, bytes: readFileSync(program) },
    ...libraries.map((path) => ({ path, mode: 0o755, bytes: readFileSync(realpathSync(path)) })),
  ]);
  const [repo, tag] = name.split(':');
  const query = new URLSearchParams({ fromSrc: '-', repo, tag });
  query.append('changes', 'ENTRYPOINT ["/nats-server"]');
  query.append('changes', 'EXPOSE 4222 6222 8222');
  const answer = await askDocker(engine, 'POST', `/images/create?${query}`, {
    body: archive,
    silenceMs: 120_000,
  });
  return (await isPresent(engine, name)) ? undefined : shortReason(answer.text);
}

/** The loader and the shared libraries that a program needs, as the loader itself lists them. */
async function librariesOf(program) {
  const inspected = inspectProgram(program);
  if (inspected.kind !== 'dynamic') return inspected.kind === 'static' ? [] : undefined;
  const listed = await runCommand(inspected.loader, ['--list', program]);
  if (listed.code !== 0)
    throw new SetupError(`${inspected.loader} --list ${program} failed: ${lastLines(listed)}`);
  return [inspected.loader, ...parseLibraryList(listed.stdout)];
}

/**
 * The paths in what ld.so's `--list` prints: `libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x…)`.
 *
 * @param {string} text
 */
export function parseLibraryList(text) {
  return [...text.matchAll(/=> (\/\S+) \(0x/gu)].map(([, path]) => path);
}
