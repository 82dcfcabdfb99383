import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { eventually, freePort } from '@longspan/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { requireFreePorts } from './free-ports.ts';

/** `npm test` names the one that it found; without it, the PATH's. */
const natsProgram = process.env.LONGSPAN_TEST_NATS_SERVER ?? 'nats-server';
/** Seven processes start, on machines that may be busy with other tests. */
const patience = { timeout: 120_000 };

const started: ChildProcess[] = [];
let stateFolder = '';
let env: NodeJS.ProcessEnv = {};
let ports: {
  readonly ingress: number;
  readonly edge: number;
  readonly traces: number;
  readonly all: readonly number[];
};

beforeEach(async () => {
  stateFolder = mkdtempSync(join(tmpdir(), 'longspan-state-'));
  const [ingress, edge, edge2, nats, traces] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  ports = { ingress, edge, traces, all: [ingress, edge, edge2, nats, traces] };
  const page = join(stateFolder, 'page');
  mkdirSync(page);
  writeFileSync(join(page, 'index.html'), '<!doctype html><title>Console</title>');
  env = {
    ...process.env,
    LONGSPAN_INGRESS_PORT: String(ingress),
    LONGSPAN_EDGE_PORTS: `${edge},${edge2}`,
    LONGSPAN_NATS_PORT: String(nats),
    LONGSPAN_TRACES_PORT: String(traces),
    LONGSPAN_CONSOLE_DIR: page,
  };
});
afterEach(async () => {
  // What a failed test left: its parts end when it is gone.
  for (const system of started.splice(0)) system.kill('SIGKILL');
  await eventually('every port is free', () => portsAreFree());
  rmSync(stateFolder, { recursive: true, force: true });
});

/** What `npm start` does once everything is set up, with a state folder of its own. */
function start(observe = false): {
  process: ChildProcessByStdio<null, Readable, Readable>;
  output: () => string;
} {
  const options = {
    rootFolder: join(import.meta.dirname, '..'),
    stateFolder,
    nats: { kind: 'program', path: natsProgram },
    observe,
  };
  const code = `
    const { startSystem } = await import(${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'start.ts')).href)});
    const progress = { step: (_title, work) => work(() => {}), say: (line) => console.log(line) };
    await startSystem({ ...${JSON.stringify(options)}, progress });
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return { process: child, output: () => output };
}

async function running(system: ReturnType<typeof start>): Promise<void> {
  await eventually('the system runs', () => {
    if (system.process.exitCode !== null) throw new Error(`it ended: ${system.output()}`);
    return system.output().includes('Longspan is running');
  });
}

/** Rejects where a port is taken. */
async function portsAreFree(): Promise<true> {
  const uses = ports.all.map((port) => ({ port, who: 'a test', variable: 'none' }));
  await requireFreePorts(uses, '127.0.0.1');
  return true;
}

async function answers(port: number): Promise<boolean> {
  return await fetch(`http://127.0.0.1:${port}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

const events = (): string => `http://127.0.0.1:${ports.ingress}/v1/users/ada/events`;
const headers = { authorization: 'Bearer dev-publish-token', 'content-type': 'application/json' };

test(
  'the system heals a killed edge, stops in good order, and finds its history at the next start',
  patience,
  async () => {
    // Goal: what `npm start` promises. Method: the real processes; kill an edge, stop by SIGINT, start again, read what was published.
    const first = start();
    await running(first);
    const published = await fetch(events(), {
      method: 'POST',
      headers,
      body: '{"id":"one","type":"greeting","data":{}}',
    });
    expect(published.status).toBe(200);
    await fetch(`http://127.0.0.1:${ports.edge}/dev/kill`, { method: 'POST' }).catch(() => undefined);
    await eventually('the edge ended', () => first.output().includes('edge-1 ended'));
    await eventually('the edge is back', () => answers(ports.edge));
    first.process.kill('SIGINT');
    const [code] = await once(first.process, 'close');
    expect(code).toBe(0);
    const stops = ['agent.stopped', 'ingress.stopped', 'edge.stopped', 'Everything is stopped'];
    const places = stops.map((text) => first.output().indexOf(text));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);

    const second = start();
    await running(second);
    const history = await fetch(`${events()}?after=earliest`, { headers });
    expect(await history.text()).toContain('"id":"one"');
    second.process.kill('SIGTERM');
    expect(await once(second.process, 'close')).toEqual([0, null]);
  },
);

test('the trace of what was published is at hand, with the hops in NATS', patience, async () => {
  // Goal: whoever tries the system sees where an event went. Method: publish in a trace of ours, ask the viewer for it.
  const system = start(true);
  await running(system);
  const traceId = randomBytes(16).toString('hex');
  const traceparent = `00-${traceId}-${randomBytes(8).toString('hex')}-01`;
  const body = '{"type":"greeting","data":{}}';
  await fetch(events(), { method: 'POST', headers: { ...headers, traceparent }, body });
  await eventually('the trace is whole', async () => {
    const query = JSON.stringify({ query: `trace_id = ${traceId}`, limit: 10 });
    const found = await fetch(`http://127.0.0.1:${ports.traces}/api/query/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: query,
    });
    const text = await found.text();
    return text.includes('send ev.{shard}.{user}') && text.includes('nats commit');
  });
  system.process.kill('SIGTERM');
  expect(await once(system.process, 'close')).toEqual([0, null]);
});

test('nothing is left running when the system is killed', patience, async () => {
  // Goal: no orphan holds a port, whatever happens to the supervisor. Method: SIGKILL it, then try every port.
  const system = start(true);
  await running(system);
  await expect(portsAreFree()).rejects.toThrow('is in use');
  system.process.kill('SIGKILL');
  await eventually('every port is free', portsAreFree);
});

test('a part that cannot start takes the others down with it', patience, async () => {
  // Goal: nothing half-started stays. Method: a setting that the edge refuses; then every port must be free at once.
  env = { ...env, LONGSPAN_HEARTBEAT_MS: 'often' };
  const system = start();
  expect(await once(system.process, 'close')).toEqual([1, null]);
  expect(system.output()).toContain('LONGSPAN_HEARTBEAT_MS');
  await expect(portsAreFree()).resolves.toBe(true);
});
