import { SetupError } from '../bootstrap/setup-error.mjs';

/** Where the local system listens. */
export type Settings = {
  readonly ingressPort: number;
  readonly edgePorts: readonly number[];
  readonly natsPort: number;
  readonly tracesPort: number;
  readonly publishToken: string;
};

/**
 * Reads the variables that move the local system's ports.
 *
 * @throws SetupError naming variable, value and what is expected
 */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const edgePorts = (env.LONGSPAN_EDGE_PORTS ?? '8081,8082').split(',');
  return {
    ingressPort: port('LONGSPAN_INGRESS_PORT', env.LONGSPAN_INGRESS_PORT ?? '8080'),
    edgePorts: edgePorts.map((value) => port('LONGSPAN_EDGE_PORTS', value)),
    natsPort: port('LONGSPAN_NATS_PORT', env.LONGSPAN_NATS_PORT ?? '4222'),
    tracesPort: port('LONGSPAN_TRACES_PORT', env.LONGSPAN_TRACES_PORT ?? '8090'),
    publishToken: (env.LONGSPAN_PUBLISH_TOKENS ?? 'dev-publish-token').split(',')[0] ?? '',
  };
}

function port(variable: string, value: string): number {
  const number = Number(value.trim());
  if (/^\d+$/u.test(value.trim()) && number >= 1 && number <= 65_535) return number;
  const list = variable === 'LONGSPAN_EDGE_PORTS' ? ', or several with commas between them' : '';
  throw new SetupError(`${variable}=${value} is not a port: give a number from 1 to 65535${list}.`);
}
