import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig } from '@longspan/telemetry';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { officialNatsImage } from '../../bootstrap/nats-image.mjs';
import { configSchema as agentSchema } from '../../services/agent/src/config.ts';
import { edgeConfig } from '../../services/edge/src/config.ts';
import { hopTracerConfig } from '../../services/hop-tracer/src/config.ts';
import { ingressConfig } from '../../services/ingress/src/config.ts';
import { configSchema as topologySchema } from '../../services/topology/src/config.ts';
import {
  composeText,
  DEPLOY,
  exampleVariables,
  filledVariables,
  readCompose,
  type ComposeService,
} from './compose-file.ts';

/** By the command that runs them. */
const SCHEMAS: Readonly<Record<string, z.ZodPipe<z.ZodObject>>> = {
  'services/agent/src/main.ts': agentSchema,
  'services/edge/src/main.ts': edgeConfig,
  'services/hop-tracer/src/main.ts': hopTracerConfig,
  'services/ingress/src/main.ts': ingressConfig,
  'services/topology/src/main.ts': topologySchema,
};

const prometheusConfig = z.object({
  scrape_configs: z.array(
    z.object({
      job_name: z.string(),
      static_configs: z.array(z.object({ targets: z.array(z.string()) })),
    }),
  ),
});
const named = z.record(z.string(), z.unknown());
const names = z.array(z.string());
const collectorConfig = z.object({
  receivers: named,
  processors: named,
  exporters: named,
  extensions: named,
  service: z.object({
    extensions: names,
    pipelines: z.object({ traces: z.object({ receivers: names, processors: names, exporters: names }) }),
  }),
});

test('every service gets variables that it reads, and starts with them', async () => {
  // Goal: no variable is misspelt or missing. Method: the services' own schemas, with what deploy/.env would hold.
  const { services } = await readCompose(await filledVariables());
  const ours = Object.values(services).filter(({ build }) => build !== undefined);
  expect(ours.length).toBeGreaterThan(5);
  for (const { command, environment } of ours) {
    const schema = SCHEMAS[command?.[0] ?? ''];
    if (schema === undefined) throw new Error(`nothing is known about ${command?.[0]}`);
    expect(Object.keys(schema.in.shape)).toEqual(expect.arrayContaining(Object.keys(environment)));
    expect(() => readConfig(schema, environment)).not.toThrow();
  }
});

test('the file holds no secret, and deploy/.env.example names every variable that it asks for', async () => {
  // Goal: nobody runs with a password that everybody knows. Method: variables asked for and told; required ones are empty.
  const text = await composeText();
  const example = await exampleVariables();
  const asked = new Set([...text.matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name));
  asked.delete('LONGSPAN_VERSION');
  expect([...asked].toSorted()).toEqual(Object.keys(example).toSorted());
  const required = [...text.matchAll(/\$\{(\w+):\?/g)].map(([, name = '']) => name);
  for (const name of required) expect(example[name]).toBe('');
  for (const [, name = '', value = ''] of text.matchAll(/^ +(\w*(?:PASSWORD|SECRET|TOKENS)\w*): (.*)$/gm))
    expect(`${name}: ${value}`).toMatch(/: \$\{\w+:\?/);
});

test('what is mounted exists, ports do not clash, images are pinned, and all have a health check', async () => {
  // Goal: it comes up on the first try. Method: what is wrong with each service, by these.
  const { services, volumes } = await readCompose(await filledVariables());
  const ports = Object.values(services).flatMap((service) => service.ports);
  expect(new Set(ports.map((port) => port.split(':')[1])).size).toBe(ports.length);
  const isThere = (volume: string): boolean => {
    const [source = ''] = volume.split(':');
    return source.startsWith('.') ? existsSync(join(DEPLOY, source)) : source in volumes;
  };
  const wrongWith = ([name, service]: readonly [string, ComposeService]): readonly string[] => [
    ...service.ports.filter((port) => !/^127\.0\.0\.1:\d+:\d+$/.test(port)),
    ...service.volumes.filter((volume) => !isThere(volume)),
    ...Object.keys(service.depends_on).filter((other) => !(other in services)),
    ...(/:(?:local|v?\d+\.\d+(?:\.\d+|-alpine))$/.test(service.image) ? [] : [service.image]),
    ...(service.build === undefined ? foreign(name, service) : ours(service)),
  ];
  expect(Object.entries(services).flatMap(wrongWith)).toEqual([]);
  expect(services['nats-1']?.image).toBe(officialNatsImage);
});

test('Prometheus asks each process that tells metrics, by the job that rules expect', async () => {
  // Goal: no process is forgotten. Method: the targets beside the services of our image, and their port in the Dockerfile.
  const { services } = await readCompose(await filledVariables());
  const { scrape_configs } = prometheusConfig.parse(
    parse(await readFile(join(DEPLOY, 'prometheus/prometheus.yaml'), 'utf8'), { merge: true }),
  );
  const asked = scrape_configs.flatMap(({ job_name, static_configs }) =>
    static_configs.flatMap(({ targets }) => targets.map((target) => `${job_name} ${target}`)),
  );
  const told = Object.entries(services).flatMap(([name, { build, command, restart }]) => {
    const kind = command?.[0]?.split('/')[1];
    return build === undefined || restart === 'no' ? [] : [`longspan-${kind} ${name}:9464`];
  });
  expect(asked.toSorted()).toEqual(told.toSorted());
  expect(await readFile(join(DEPLOY, 'Dockerfile'), 'utf8')).toContain('LONGSPAN_METRICS_PORT=9464');
});

test('the collector has each part that its pipelines name', async () => {
  // Goal: it starts. Method: receivers, processors, exporters and extensions that are used are described.
  const text = await readFile(join(DEPLOY, 'collector/config.yaml'), 'utf8');
  const { service, ...parts } = collectorConfig.parse(parse(text));
  const { receivers, processors, exporters } = service.pipelines.traces;
  expect(Object.keys(parts.receivers)).toEqual(receivers);
  expect(Object.keys(parts.processors)).toEqual(expect.arrayContaining(processors));
  expect(Object.keys(parts.exporters)).toEqual(exporters);
  expect(Object.keys(parts.extensions)).toEqual(service.extensions);
});

/** Our image brings its health check, and needs no rights. */
function ours({ build, read_only, cap_drop }: ComposeService): readonly string[] {
  const isBuilt = build !== undefined && existsSync(join(DEPLOY, build.context, build.dockerfile));
  return isBuilt && read_only === true && cap_drop !== undefined ? [] : ['image'];
}

/** The collector's image has nothing in it by which it could be asked. */
function foreign(name: string, { healthcheck }: ComposeService): readonly string[] {
  return name === 'collector' || healthcheck !== undefined ? [] : [`no health check: ${name}`];
}
