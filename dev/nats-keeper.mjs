// Runs nats-server and ends it when asked over the channel, or when the process that started this one is gone: nats-server itself
// would go on alone and hold its port. Arguments: the program and its arguments.
import { spawn } from 'node:child_process';

const [program, ...args] = process.argv.slice(2);
const server = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], windowsHide: true });
const lastMoments = 10_000;

function stop() {
  server.kill('SIGTERM');
  setTimeout(() => server.kill('SIGKILL'), lastMoments).unref();
}

server.on('error', (error) => {
  process.stderr.write(`[FTL] ${program} cannot be started: ${error.message}\n`);
  process.exit(1);
});
server.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
process.on('message', (message) => {
  if (message === 'stop') stop();
});
process.on('disconnect', stop);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
