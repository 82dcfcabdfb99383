import { styleText } from 'node:util';
import type { Settings } from './settings.ts';
import type { Traces } from './trace-viewer.ts';

/** Where everything is, and what to try first. */
export function banner(settings: Settings, natsUrl: string, traces: Traces | undefined): string {
  const ingress = localUrl(settings.ingressPort);
  const edges = settings.edgePorts.map(localUrl);
  const strong = (text: string): string => styleText('bold', text);
  return [
    '',
    strong('  Longspan is running. Ctrl-C stops it.'),
    '',
    `  Console        ${strong(ingress)}`,
    `  Operations     ${ingress}/?view=operations`,
    `  Ingress        ${ingress}  (API: ${ingress}/openapi.json)`,
    `  Edges          ${edges.join('  ')}`,
    `  NATS           ${natsUrl}`,
    ...(traces === undefined ? [] : [`  Traces         ${traces.endpoint}`]),
    `  Publish token  ${settings.publishToken}`,
    '',
    '  Watch the events of ada:',
    `    TOKEN=$(curl -s '${ingress}/dev/token?user=ada' | cut -d '"' -f 4)`,
    `    curl -N '${edges[0]}/v1/events?after=earliest' -H "authorization: Bearer $TOKEN"`,
    '  Publish one, in another terminal:',
    `    curl '${ingress}/v1/users/ada/events' -H 'authorization: Bearer ${settings.publishToken}' \\`,
    `      -H 'content-type: application/json' -d '{"type":"greeting","data":{"text":"Hello, Ada"}}'`,
    '',
  ].join('\n');
}

/** The address of a port on this machine. */
export function localUrl(port: number): string {
  return `http://127.0.0.1:${port}`;
}
