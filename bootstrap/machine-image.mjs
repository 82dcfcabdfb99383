import { readFileSync, realpathSync } from 'node:fs';
import { askDocker } from './docker-api.mjs';
import { inspectProgram } from './elf-interpreter.mjs';
import { lastLines, runCommand } from './run-command.mjs';
import { SetupError } from './setup-error.mjs';
import { tarArchive } from './tar-archive.mjs';

/*
 * Images made of what is on this machine, for where none can be pulled.
 */
const pullSilenceMs = 20_000;
const importSilenceMs = 120_000;

/** Whether the engine has the image. */
export async function isPresent(engine, image) {
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

/**
 * Imports files as an image of one layer; returns what prevents it.
 *
 * @param {import('./docker-api.mjs').DockerEngine} engine
 * @param {string} name with its tag
 * @param {readonly { path: string, mode: number, bytes?: Buffer }[]} files as `tarArchive` takes them
 * @param {readonly string[]} changes lines of a Dockerfile
 * @returns {Promise<string | undefined>}
 */
export async function importImage(engine, name, files, changes) {
  const [repo, tag] = name.split(':');
  const query = new URLSearchParams({ fromSrc: '-', repo, tag });
  for (const change of changes) query.append('changes', change);
  const answer = await askDocker(engine, 'POST', `/images/create?${query}`, {
    body: tarArchive(files),
    silenceMs: importSilenceMs,
  });
  return (await isPresent(engine, name)) ? undefined : shortReason(answer.text);
}

/**
 * The files that a program needs to run in an image without anything else: its loader and shared libraries, under their own paths.
 *
 * @param {string} program
 * @returns {Promise<readonly { path: string, mode: number, bytes: Buffer }[] | undefined>} undefined if they cannot be listed
 */
export async function libraryFiles(program) {
  const libraries = await librariesOf(program);
  return libraries?.map((path) => ({ path, mode: 0o755, bytes: readFileSync(realpathSync(path)) }));
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
