// Runs a program that is not ours and ends it on a signal or when standard input ends, because the process that started this one is
// gone: the program itself would go on alone and hold its port. Arguments: the program and its arguments.
import { spawn } from 'node:child_process';

const [program, ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], windowsHide: true });
const lastMoments = 10_000;

function stop() {
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), lastMoments).unref();
}

child.on('error', (error) => {
  process.stderr.write(`[FTL] ${program} cannot be started: ${error.message}\n`);
  process.exit(1);
});
child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
process.stdin.on('close', stop).on('error', stop).resume();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
