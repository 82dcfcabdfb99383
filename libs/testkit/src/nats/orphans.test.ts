import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { monitorAnswers, untilSilent } from './nats-monitor.ts';
import { removeOrphans } from './orphans.ts';

const START_AND_HANG = `
  import { processNodes } from ${JSON.stringify(join(import.meta.dirname, 'nats-process.ts'))};
  const { nodes: [node] } = await processNodes({ nodes: 1 });
  await node.start();
  console.log(node.monitorPort);
`;

test.runIf(process.platform === 'linux')(
  'servers of a test process that was killed are ended by the next',
  async () => {
    // Goal: killed test runs leave no servers behind for good.
    // Method: a process of its own starts a server and is killed hard; the server outlives it, until it is swept.
    const owner = spawn(process.execPath, ['--input-type=module-typescript', '--eval', START_AND_HANG], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(owner.stdout, 'data');
    const monitorPort = Number(String(line));
    await monitorAnswers(monitorPort);
    // From here on, any other test of this run that starts a server may be the one who sweeps.
    owner.kill('SIGKILL');
    await once(owner, 'close');
    await removeOrphans();
    await untilSilent(monitorPort);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`longspan-nats-${owner.pid}-`))).toEqual(
      [],
    );
  },
);
