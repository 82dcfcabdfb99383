import { fileURLToPath } from 'node:url';
import { programKeeper, type ProcessSpec } from './child-process.ts';

const program = fileURLToPath(new URL('cli.js', import.meta.resolve('autotel-devtools')));
/** As many are kept, and shown: the page links to any of them. */
const TRACES_MAX = 2_000;

/** Where the services' traces go, and where a person sees them. */
export type Traces = {
  /** An OTLP endpoint over HTTP. */
  readonly endpoint: string;
  /** The page of one trace, with `{traceId}` in place of its id, where it is known. */
  readonly url: string | undefined;
  /** Whether it is our viewer that is there. */
  readonly own: boolean;
};

/** The traces of a viewer on this port of this machine. */
export function tracesAt(port: number): Traces {
  const endpoint = `http://127.0.0.1:${port}`;
  return { endpoint, url: `${endpoint}/#trace={traceId}`, own: true };
}

/** How to run a receiver of OTLP with a page, on the loopback interface; it keeps the newest traces in memory. */
export function traceViewerProcess(port: number, onLine: (text: string) => void): ProcessSpec {
  const listen = ['--host', '127.0.0.1', '--port', String(port), '--grpc-port', '0'];
  return {
    name: 'traces',
    args: [programKeeper, process.execPath, program, ...listen, '--max-traces', String(TRACES_MAX)],
    env: { ...process.env, AUTOTEL_MAX_TRACE_COUNT: String(TRACES_MAX) },
    onLine,
    isReady: (text) => text.includes('OTLP/gRPC'),
  };
}
