import { provideChromium } from './chromium.mjs';
import { provideDockerEngine } from './docker-engine.mjs';
import { provideHaproxy } from './haproxy.mjs';
import { provideNatsImage } from './nats-image.mjs';
import { provideNodeImage } from './node-image.mjs';
import { noNats, provideNatsProgram } from './nats-server.mjs';
import { provideKubectl, providePromtool } from './operator-tools.mjs';
import { installWorkspace } from './workspace-install.mjs';

/**
 * Provides what the tests need and tells them by environment variables; what cannot be had is told in `lines`.
 *
 * @param {import('./progress.mjs').Progress} progress
 * @returns {Promise<TestEnvironment>}
 * @typedef {{ env: NodeJS.ProcessEnv, lines: string[], hasDocker: boolean, dockerMissing?: string, chromiumMissing?: string }} TestEnvironment
 *   `lines` are for people; `hasDocker` says whether clusters can run in containers, `…Missing` why something cannot be had
 */
export async function provideTestEnvironment(progress) {
  await installWorkspace(progress);
  const nats = await provideNatsProgram(progress);
  const program = 'path' in nats ? nats.path : undefined;
  const docker = await provideDockerEngine(progress);
  const image = 'engine' in docker ? await provideNatsImage(docker.engine, program, progress) : docker;
  const nodeImage = 'engine' in docker ? await provideNodeImage(docker.engine, progress) : docker;
  const chromium = await provideChromium(progress);
  const haproxy = await provideHaproxy(progress);
  const promtool = await providePromtool(progress);
  const kubectl = await provideKubectl(progress);
  if (program === undefined && !('image' in image)) throw noNats([...nats.reasons, image.missing]);

  const hasDocker = 'image' in image;
  const lines = [
    program === undefined ? 'nats-server: none on this machine' : `nats-server: ${program}`,
    hasDocker
      ? `NATS image: ${image.image}`
      : `Failover tests run against nats-server processes: ${image.missing}`,
    'image' in nodeImage
      ? `Node image: ${nodeImage.image}`
      : `Tests of the product's image are skipped: ${nodeImage.missing}`,
    'path' in chromium ? `Chromium: ${chromium.path}` : `Browser tests are skipped: ${chromium.missing}`,
    'path' in haproxy ? `HAProxy: ${haproxy.path}` : `Load balancer tests are skipped: ${haproxy.missing}`,
    'path' in promtool
      ? `promtool: ${promtool.path}`
      : `Tests of the alert rules are skipped: ${promtool.missing}`,
    'path' in kubectl ? `kubectl: ${kubectl.path}` : `Tests of the manifests are skipped: ${kubectl.missing}`,
  ];
  const env = {
    ...process.env,
    TESTCONTAINERS_RYUK_DISABLED: 'true',
    ...(program === undefined ? {} : { LONGSPAN_TEST_NATS_SERVER: program }),
    ...(hasDocker ? { LONGSPAN_TEST_NATS_IMAGE: image.image, DOCKER_HOST: docker.engine.where } : {}),
    ...(hasDocker && 'image' in nodeImage ? { LONGSPAN_TEST_NODE_IMAGE: nodeImage.image } : {}),
    ...('path' in chromium ? { CHROME_PATH: chromium.path } : {}),
    ...('path' in haproxy ? { LONGSPAN_TEST_HAPROXY: haproxy.path } : {}),
    ...('path' in promtool ? { LONGSPAN_TEST_PROMTOOL: promtool.path } : {}),
    ...('path' in kubectl ? { LONGSPAN_TEST_KUBECTL: kubectl.path } : {}),
  };
  return {
    env,
    lines,
    hasDocker,
    ...(hasDocker ? {} : { dockerMissing: image.missing }),
    ...('path' in chromium ? {} : { chromiumMissing: chromium.missing }),
  };
}
