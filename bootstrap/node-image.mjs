import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspectProgram } from './elf-interpreter.mjs';
import { ensureImage, importImage, isPresent, libraryFiles } from './machine-image.mjs';
import { runNpm } from './npm-program.mjs';
import { toolsFolder } from './paths.mjs';
import { makeStagedFolder } from './staged-folder.mjs';

/** What deploy/Dockerfile builds upon by default. */
const officialImage = 'node:24-bookworm-slim';
const npmRange = '11';
/** Where the official images have npm, and where deploy/Dockerfile looks for it. */
const npmPlace = '/usr/local/lib/node_modules/npm';
/** Where Linux distributions keep what the machine trusts. */
const systemCertificates = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt'];
const certificatesPlace = '/etc/ssl/certs/of-the-machine.pem';

/**
 * An image with Node and npm, to build ours from: the official one, or one made of the Node that runs us.
 *
 * @param {import('./docker-api.mjs').DockerEngine} engine
 * @param {import('./progress.mjs').Progress} progress
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ image: string } | { missing: string }>} `missing` says why there is none
 */
export async function provideNodeImage(engine, progress, env = process.env) {
  const own = ownImageName(env);
  if (await isPresent(engine, own)) return { image: own };
  const problem = await ensureImage(engine, officialImage, progress);
  if (problem === undefined) return { image: officialImage };
  const noOfficial = `${officialImage} cannot be pulled (${problem})`;
  if (inspectProgram(process.execPath).kind === 'foreign') {
    return { missing: `${noOfficial}, and there is no Linux program of Node here to build an image from` };
  }
  return await progress.step(`Building a Node image from ${process.execPath}`, async (tell) => {
    const failure = await buildImage(engine, own, env, tell).catch((error) => error.message);
    return failure === undefined
      ? { image: own }
      : { missing: `${noOfficial}, and building one failed: ${failure}` };
  });
}

/** The name carries a hash of what is in it, and of this recipe. */
function ownImageName(env) {
  const hash = createHash('sha256');
  for (const path of [fileURLToPath(import.meta.url), process.execPath]) hash.update(readFileSync(path));
  const certificates = certificatesOf(env);
  if (certificates !== undefined) hash.update(certificates);
  return `longspan-node:${process.versions.node}-${hash.digest('hex').slice(0, 12)}`;
}

/** Imports Node with its loader and libraries, npm and the machine's own certificates as an image; returns what prevents it. */
async function buildImage(engine, name, env, tell) {
  const libraries = await libraryFiles(process.execPath);
  if (libraries === undefined) return `the libraries of ${process.execPath} cannot be listed`;
  const certificates = certificatesOf(env);
  const files = [
    { path: '/tmp', mode: 0o1777 },
    { path: '/usr/local/bin/node', mode: 0o755, bytes: readFileSync(process.execPath) },
    ...libraries,
    ...cLibraryFiles(libraries),
    ...(await npmFiles(tell)),
    ...(certificates === undefined ? [] : [{ path: certificatesPlace, mode: 0o644, bytes: certificates }]),
  ];
  return importImage(engine, name, files, [
    'ENV PATH=/usr/local/bin',
    ...(certificates === undefined ? [] : [`ENV NODE_EXTRA_CA_CERTS=${certificatesPlace}`]),
  ]);
}

/** Parts of the C library that Node does without and native packages do not. */
function cLibraryFiles(libraries) {
  const folder = dirname(libraries.find(({ path }) => path.includes('/libc.so'))?.path ?? '/lib/libc.so');
  return ['librt.so.1', 'libresolv.so.2', 'libutil.so.1']
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path))
    .map((path) => ({ path, mode: 0o755, bytes: readFileSync(path) }));
}

/** npm as its package has it: the one that runs us may be spread over the machine. */
async function npmFiles(tell) {
  const folder = join(toolsFolder, 'npm');
  const npm = join(folder, 'node_modules', 'npm');
  if (!existsSync(npm)) {
    await makeStagedFolder(folder, async (partial) => {
      writeFileSync(join(partial, 'package.json'), '{ "private": true }\n');
      const options = ['--ignore-scripts', '--no-save', '--no-package-lock'];
      await runNpm(['install', `npm@${npmRange}`, ...options], partial, tell, `Fetching npm ${npmRange}`);
    });
  }
  return readdirSync(npm, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
    .map((path) => ({ path: npmPlace + path.slice(npm.length), mode: 0o644, bytes: readFileSync(path) }));
}

/** A machine may reach the registry only by certificates of its own, which an image that is built on this one has to know, too. */
function certificatesOf(env) {
  const named = [env.NODE_EXTRA_CA_CERTS, env.npm_config_cafile, env.SSL_CERT_FILE];
  const path = [...named, ...systemCertificates].find((candidate) => candidate && existsSync(candidate));
  return path === undefined ? undefined : readFileSync(path);
}
