// Runs nats-server and ends it on a signal or when standard input ends, because the process that started this one is gone: nats-server
// itself would go on alone and hold its port. Arguments: the program and its arguments.
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
process.stdin.on('close', stop).on('error', stop).resume();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
