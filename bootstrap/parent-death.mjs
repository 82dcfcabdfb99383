const lookEveryMs = 500;

/**
 * Calls `end` once when whoever runs this process is gone: the process at the other end of our channel, or the shell in which npm
 * runs its scripts. (npm passes SIGTERM to that shell, which ends without passing it on.)
 *
 * @param {() => void} end
 * @param {NodeJS.ProcessEnv} [env]
 */
export function onParentDeath(end, env = process.env) {
  if (process.channel !== undefined) {
    process.once('disconnect', end);
    process.channel.unref();
    return;
  }
  if (env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    end();
  }, lookEveryMs);
  timer.unref();
}
