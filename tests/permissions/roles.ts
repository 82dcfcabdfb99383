import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OwnedProcess, type NatsCluster } from '@longspan/testkit';
import { connect, type NatsConnection } from '@nats-io/transport-node';

const ROOT = join(import.meta.dirname, '../..');

/** The users of `deploy/nats/accounts.conf`. */
export const ROLES = ['edge', 'ingress', 'agent', 'hop-tracer', 'topology', 'operator', 'system'] as const;
export type Role = (typeof ROLES)[number];

/** The very file that production uses, with passwords before it as its environment would have them. */
export function accountsConf(): string {
  const passwords = ROLES.map((role) => `${passwordVariable(role)}: "${passwordOf(role)}"`);
  return [...passwords, readFileSync(join(ROOT, 'deploy/nats/accounts.conf'), 'utf8')].join('\n');
}

/** What makes a service this user. */
export function credentialsOf(role: Role): Readonly<Record<string, string>> {
  return { LONGSPAN_NATS_USER: role, LONGSPAN_NATS_PASSWORD: passwordOf(role) };
}

/** A plain connection as this user. */
export function connectAs(nats: NatsCluster, role: Role): Promise<NatsConnection> {
  return connect({
    servers: [...nats.urls],
    user: role,
    pass: passwordOf(role),
    inboxPrefix: `_INBOX_${role}`,
    // A subject in vain is to be told at once, and not to be tried again.
    reconnect: false,
  });
}

/** Runs the topology job, as its own user, to its end; resolves to its exit code and what it logged. */
export async function runTopology(
  nats: NatsCluster,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | NodeJS.Signals; readonly log: string }> {
  const job = new OwnedProcess({
    command: process.execPath,
    args: [join(ROOT, 'services/topology/src/main.ts')],
    env: {
      PATH: process.env['PATH'] ?? '',
      LONGSPAN_NATS_URL: nats.urls.join(','),
      LONGSPAN_REPLICAS: String(nats.size),
      ...credentialsOf('topology'),
      ...env,
    },
  });
  const code = await job.gone;
  return { code, log: job.log };
}

/** Makes the streams by the topology job; resolves to what it logged. Rejects with that if it did not. */
export async function makeStreams(
  nats: NatsCluster,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { code, log } = await runTopology(nats, env);
  if (code !== 0) throw new Error(`the topology job ended with ${code}:\n${log}`);
  return log;
}

function passwordVariable(role: Role): string {
  return `LONGSPAN_NATS_PASSWORD_${role.toUpperCase().replaceAll('-', '_')}`;
}

function passwordOf(role: Role): string {
  return `p${role.replaceAll('-', '')}`;
}
