import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '@longspan/telemetry';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { configSchema as agentConfig } from '../../services/agent/src/config.ts';
import { edgeConfig } from '../../services/edge/src/config.ts';
import { hopTracerConfig } from '../../services/hop-tracer/src/config.ts';
import { ingressConfig } from '../../services/ingress/src/config.ts';
import { configSchema as topologyConfig } from '../../services/topology/src/config.ts';
import {
  at,
  kubectl,
  OVERLAYS,
  parseManifests,
  render,
  ROOT,
  workloadsOf,
  type Container,
  type EnvVariable,
  type Manifest,
} from './manifests.ts';

/*
 * The environment that manifests give, against what the services read: a variable that no service knows would do nothing, silently.
 */
type Schema = z.ZodPipe<z.ZodObject, z.ZodType>;
const SCHEMAS: Readonly<Record<string, Schema>> = {
  edge: edgeConfig,
  ingress: ingressConfig,
  agent: agentConfig,
  'hop-tracer': hopTracerConfig,
  topology: topologyConfig,
};
const secrets = parseManifests(readFileSync(join(ROOT, 'k8s/secrets.example.yaml'), 'utf8'));
/** Fits every secret: 64 letters and digits. */
const SECRET = 'p'.repeat(64);

describe.skipIf(kubectl === undefined).each(OVERLAYS)('%s', (overlay) => {
  test('gives each service variables that it reads, and values that it takes', async () => {
    const manifests = await render(overlay);
    for (const { name, pod } of workloadsOf(manifests)) {
      const schema = SCHEMAS[name];
      if (schema === undefined) throw new Error(`no service called ${name}`);
      for (const container of pod.containers) {
        const env = environmentOf(container, manifests);
        const known = Object.keys(schema.in.shape);
        expect(Object.keys(env).filter((variable) => !known.includes(variable))).toEqual([]);
        expect(readConfig(schema, env)).toMatchObject({ mode: 'production', name: 'a-pod-0' });
      }
    }
  });

  test('is the user of NATS that its service is', async () => {
    for (const { name, pod } of workloadsOf(await render(overlay))) {
      const env = pod.containers.flatMap((container) => container.env ?? []);
      expect(env).toContainEqual({ name: 'LONGSPAN_NATS_USER', value: name });
      const valueFrom = { secretKeyRef: { name: 'longspan-nats', key: name } };
      expect(env).toContainEqual({ name: 'LONGSPAN_NATS_PASSWORD', valueFrom });
    }
  });

  test('holds no secret itself', async () => {
    const manifests = await render(overlay);
    expect(manifests.filter(({ kind }) => kind === 'Secret')).toEqual([]);
    const values = manifests.flatMap((manifest) =>
      Object.keys((at(manifest, 'data') as object | undefined) ?? {}),
    );
    expect(values.filter((variable) => /SECRET|PASSWORD|TOKEN|KEY/.test(variable))).toEqual([]);
  });
});

test.each(['nats.yaml', 'nats-dev.yaml'])(
  'values/%s gives the servers every password that accounts.conf names',
  (file) => {
    const accounts = readFileSync(join(ROOT, 'deploy/nats/accounts.conf'), 'utf8');
    const wanted = [...accounts.matchAll(/password: \$(\w+)/g)].map(([, variable]) => variable);
    const [values] = parseManifests(readFileSync(join(ROOT, 'k8s/values', file), 'utf8'));
    const given = at(values, 'container.env') as Readonly<Record<string, EnvVariable['valueFrom']>>;
    for (const [variable, source] of Object.entries(given)) {
      if (variable === 'GOMEMLIMIT') continue;
      const { name = '', key = '' } = (at(source, 'valueFrom.secretKeyRef') ?? {}) as {
        name?: string;
        key?: string;
      };
      expect(secretKeys(name, 'nats')).toContain(key);
    }
    expect(Object.keys(given)).toEqual(expect.arrayContaining(wanted));
  },
);

/** What the container's process sees, with the config maps as rendered and a value for each secret. */
function environmentOf(container: Container, manifests: readonly Manifest[]): Record<string, string> {
  const env: Record<string, string> = {};
  for (const { configMapRef } of container.envFrom ?? []) {
    Object.assign(env, configOf(configMapRef?.name ?? '', manifests));
  }
  for (const { name, value, valueFrom } of container.env ?? []) {
    env[name] = value ?? valueOf(valueFrom, manifests);
  }
  return env;
}

function valueOf(source: EnvVariable['valueFrom'], manifests: readonly Manifest[]): string {
  if (source?.secretKeyRef) {
    const { name, key } = source.secretKeyRef;
    if (!secretKeys(name, 'longspan').includes(key)) throw new Error(`no key ${key} in the secret ${name}`);
    return SECRET;
  }
  if (source?.configMapKeyRef) {
    const value = configOf(source.configMapKeyRef.name, manifests)[source.configMapKeyRef.key];
    if (value === undefined) throw new Error(`no key ${source.configMapKeyRef.key}`);
    return value;
  }
  if (source?.fieldRef?.fieldPath === 'metadata.name') return 'a-pod-0';
  throw new Error(`a value from ${JSON.stringify(source)}`);
}

function configOf(name: string, manifests: readonly Manifest[]): Readonly<Record<string, string>> {
  const map = manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name);
  if (map === undefined) throw new Error(`no config map ${name}`);
  return at(map, 'data') as Readonly<Record<string, string>>;
}

function secretKeys(name: string, namespace: string): readonly string[] {
  const secret = secrets.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
  return Object.keys((at(secret, 'stringData') as object | undefined) ?? {});
}
