// The whole system on this machine: NATS, the edges, the ingress, the agent worker and the console, supervised by this process.
import { join } from 'node:path';
import { styleText } from 'node:util';
import { banner, localUrl } from './banner.ts';
import { consoleBuild } from './console-build.ts';
import { requireFreePorts, type PortUse } from './free-ports.ts';
import { developmentSecret } from './jwt-secret.ts';
import { Layers } from './layers.ts';
import { formatLogLine, parseLogLine } from './log-line.ts';
import { endLeftBehindNats, isNoteworthy, natsConfigFile, natsProcess } from './nats-process.ts';
import { requireReachableNats } from './reachable-nats.ts';
import { serviceProcess } from './service-process.ts';
import { readSettings, type Settings } from './settings.ts';
import { stopRequested } from './stop-signal.ts';
import { supervise, type Runnable } from './supervised-process.ts';
import { claimStateFolder } from './system-lock.ts';
import { tracesAt, traceViewerProcess, type Traces } from './trace-viewer.ts';

type ContainerOptions = {
  readonly image: string;
  readonly port: number;
  readonly storeFolder: string;
  readonly configFile: string;
};

/** What the bootstrap found out, and what it lends. */
export type StartOptions = {
  readonly rootFolder: string;
  readonly stateFolder: string;
  readonly progress: {
    readonly step: <T>(title: string, work: (tell: (detail: string) => void) => Promise<T>) => Promise<T>;
    readonly say: (line: string) => void;
  };
  readonly nats:
    | { readonly kind: 'running'; readonly url: string }
    | { readonly kind: 'program'; readonly path: string }
    | { readonly kind: 'container'; readonly image: string };
  /** Whether traces are kept and shown. */
  readonly observe: boolean;
  readonly container: {
    readonly removeLeftBehind: () => Promise<void>;
    readonly start: (options: ContainerOptions) => Promise<{ readonly stop: () => Promise<void> }>;
  };
};

/**
 * Runs the system until a signal ends it, then ends this process: exit code 0 after an orderly stop, 130 after a forced one.
 *
 * @throws SetupError when it cannot be started; nothing is left running then
 */
export async function startSystem(options: StartOptions): Promise<void> {
  const settings = readSettings(process.env);
  const giveUpClaim = claimStateFolder(options.stateFolder);
  const layers = new Layers();
  // A terminal that is gone must not keep us from stopping in good order.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  const stop = stopRequested(() => {
    layers.kill();
    giveUpClaim();
    process.exit(130);
  });
  try {
    await Promise.race([bringUp(options, settings, layers), stop]);
    await stop;
    options.progress.say('\nStopping …');
  } finally {
    await layers.stop();
    giveUpClaim();
  }
  options.progress.say('Everything is stopped. The history stays in .longspan/ for the next start.');
  process.exit(0);
}

async function bringUp(options: StartOptions, settings: Settings, layers: Layers): Promise<void> {
  const { progress, rootFolder, stateFolder } = options;
  await endLeftBehindNats(stateFolder);
  if (options.nats.kind === 'container') await options.container.removeLeftBehind();
  const traces = tracesOf(options, settings, process.env);
  await requireFreePorts(portUses(settings, options, traces), '127.0.0.1');

  const consoleFolder = process.env.LONGSPAN_CONSOLE_DIR ?? (await provideConsole(options));

  const natsUrl = await bringUpNats(options, settings, layers);
  const common = {
    LONGSPAN_MODE: 'development',
    LONGSPAN_NATS_URL: natsUrl,
    LONGSPAN_JWT_SECRET: process.env.LONGSPAN_JWT_SECRET ?? developmentSecret(stateFolder),
    OTEL_EXPORTER_OTLP_ENDPOINT: traces?.endpoint,
  };
  const part = (service: string, name: string, env: NodeJS.ProcessEnv): Runnable => {
    const onLine = printer(progress.say, name);
    return supervise(
      serviceProcess({ rootFolder, service, name, env: { ...common, ...env }, onLine }),
      progress.say,
    );
  };
  const observers: Runnable[] = [];
  if (traces?.own === true) {
    // What it prints is about itself; a trace more or less is not worth a line.
    const viewer = traceViewerProcess(settings.tracesPort, () => undefined);
    observers.push(supervise(viewer, progress.say));
    layers.add(...observers);
  }
  if (traces !== undefined) {
    const hopTracer = part('hop-tracer', 'hop-tracer', {});
    observers.push(hopTracer);
    layers.add(hopTracer);
  }
  const edges = settings.edgePorts.map((port, index) =>
    part('edge', `edge-${index + 1}`, { LONGSPAN_PORT: String(port) }),
  );
  layers.add(...edges);
  const ingress = part('ingress', 'ingress', {
    LONGSPAN_PORT: String(settings.ingressPort),
    LONGSPAN_EDGE_URLS: process.env.LONGSPAN_EDGE_URLS ?? settings.edgePorts.map(localUrl).join(','),
    LONGSPAN_PUBLISH_TOKENS: process.env.LONGSPAN_PUBLISH_TOKENS ?? settings.publishToken,
    LONGSPAN_CONSOLE_DIR: consoleFolder,
    LONGSPAN_TRACE_URL: traces?.url,
  });
  layers.add(ingress);
  const agent = part('agent', 'agent', {});
  layers.add(agent);
  await progress.step('Starting the edges, the ingress and the agent', async () => {
    await Promise.all([...observers, ...edges, ingress, agent].map((each) => each.ready));
  });
  progress.say(banner(settings, natsUrl, traces));
}

/** Where traces go: to the collector that the environment names, else to a viewer of our own. */
function tracesOf(options: StartOptions, settings: Settings, env: NodeJS.ProcessEnv): Traces | undefined {
  const endpoint = env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint) return { endpoint, url: env.LONGSPAN_TRACE_URL, own: false };
  return options.observe ? tracesAt(settings.tracesPort) : undefined;
}

/** Builds the console where its sources changed; returns where its files are. */
async function provideConsole({ rootFolder, stateFolder, progress }: StartOptions): Promise<string> {
  const { folder, isFresh, build } = consoleBuild(rootFolder, stateFolder);
  if (!isFresh) await progress.step('Building the console', build);
  return folder;
}

async function bringUpNats(options: StartOptions, settings: Settings, layers: Layers): Promise<string> {
  const { nats, progress, stateFolder } = options;
  const port = settings.natsPort;
  if (nats.kind === 'running') {
    await progress.step('Looking for the NATS server', () => requireReachableNats(nats.url));
    return nats.url;
  }
  if (nats.kind === 'container') {
    const storeFolder = join(stateFolder, 'nats');
    const container = await progress.step(`Starting NATS in a container (${nats.image})`, () =>
      options.container.start({ image: nats.image, port, storeFolder, configFile: natsConfigFile }),
    );
    layers.add({ ready: Promise.resolve(), stop: container.stop, kill: () => void container.stop() });
    return `nats://127.0.0.1:${port}`;
  }
  const print = printer(progress.say, 'nats');
  const onLine = (text: string): void => (isNoteworthy(text) ? print(text) : undefined);
  const server = supervise(natsProcess({ program: nats.path, port, stateFolder, onLine }), progress.say);
  layers.add(server);
  await progress.step('Starting NATS', () => server.ready);
  return `nats://127.0.0.1:${port}`;
}

function portUses(settings: Settings, { nats }: StartOptions, traces: Traces | undefined): PortUse[] {
  return [
    { port: settings.ingressPort, who: 'the ingress', variable: 'LONGSPAN_INGRESS_PORT' },
    ...settings.edgePorts.map((port) => ({ port, who: 'an edge', variable: 'LONGSPAN_EDGE_PORTS' })),
    ...(nats.kind === 'running'
      ? []
      : [{ port: settings.natsPort, who: 'NATS', variable: 'LONGSPAN_NATS_PORT' }]),
    ...(traces?.own === true
      ? [{ port: settings.tracesPort, who: 'the trace viewer', variable: 'LONGSPAN_TRACES_PORT' }]
      : []),
  ];
}

const colours = ['cyan', 'magenta', 'blue', 'green', 'yellow'] as const;
let printers = 0;

/** Prints a process's log lines, each process in a colour of its own. */
function printer(say: (line: string) => void, name: string): (text: string) => void {
  const colour = colours[printers++ % colours.length] ?? 'white';
  return (text) =>
    say(formatLogLine(name, parseLogLine(text, new Date()), (label) => styleText(colour, label)));
}
