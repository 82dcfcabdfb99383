// The image's HEALTHCHECK, without a shell: whether the process still answers on its metrics port, which every service has.
const port = process.env.LONGSPAN_METRICS_PORT;
const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(2_000) });
process.exit(answer.ok ? 0 : 1);
