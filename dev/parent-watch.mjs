// Loaded into every service before its own code (node --import): makes it stop when asked over the channel, which works on Windows
// too, and when the process that started it is gone, however that one ended.
const lastMoments = 10_000;

function stop() {
  const isHandled = process.emit('SIGTERM', 'SIGTERM');
  if (!isHandled) process.exit(0);
}

process.on('message', (message) => {
  if (message === 'stop') stop();
});
process.on('disconnect', () => {
  stop();
  setTimeout(() => process.exit(1), lastMoments).unref();
});
// The channel must not keep a service alive that has nothing left to do.
process.channel?.unref();
