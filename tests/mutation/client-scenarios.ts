import { sabotagedFiles, sabotageEnv, type SabotageName, type Seen } from '@longspan/testkit';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Stage, type Judgement, type Scenario } from './stage.ts';

/** A build that does not get there is judged by what it has. */
const WITHIN_MS = 8_000;

/** An application changes its connection again and again, so that two of them bring the same events. */
export const takeOvers: Scenario = async (sabotage) => {
  await using stage = await Stage.start({ sabotage: undefined });
  return await judgeDevice(stage, sabotage, { events: 300, reconnectEvery: 7 });
};

/** An application is connected to an edge that drops events, and has to notice. */
export const droppingEdge: Scenario = async (sabotage) => {
  await using stage = await Stage.start({ sabotage: 'drops-one-event' });
  return await judgeDevice(stage, sabotage, { events: 18, reconnectEvery: 0 });
};

async function judgeDevice(
  stage: Stage,
  sabotage: SabotageName | undefined,
  { events, reconnectEvery }: { readonly events: number; readonly reconnectEvery: number },
): Promise<Judgement> {
  await stage.publish('ada', 10);
  const device = spawn(process.execPath, [fileURLToPath(new URL('./device.ts', import.meta.url))], {
    env: {
      PATH: process.env['PATH'] ?? '',
      DEVICE_URL: stage.bridge.edge(0).url,
      DEVICE_TOKEN: await stage.bridge.token('ada'),
      DEVICE_RECONNECT_EVERY: String(reconnectEvery),
      ...(sabotage === undefined ? {} : sabotageEnv(sabotage)),
    },
  });
  let errors = '';
  device.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const seen: Seen[] = [];
  const first = Promise.withResolvers<void>();
  const last = Promise.withResolvers<void>();
  createInterface(device.stdout).on('line', (line) => {
    const entry: Seen = JSON.parse(line);
    seen.push(entry);
    first.resolve();
    if (entry.kind === 'event' && entry.id === `e-${events - 1}`) last.resolve();
  });
  const patience = setTimeout(() => {
    first.resolve();
    last.resolve();
  }, WITHIN_MS);
  try {
    await first.promise;
    // One after the other and without a pause, so that events come while connections change.
    for (let i = 10; i < events; i += 1) await stage.publish('ada', 1);
    await last.promise;
  } finally {
    clearTimeout(patience);
    device.kill('SIGKILL');
  }
  const judgement = await stage.judgeLogs([{ client: 'app', user: 'ada', from: 0, seen }]);
  return { ...judgement, sabotagedFiles: sabotagedFiles(errors) };
}
