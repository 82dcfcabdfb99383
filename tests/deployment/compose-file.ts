import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

/** Where deploy/compose.yaml is, from which its paths count. */
export const DEPLOY = join(import.meta.dirname, '../../deploy');

const healthcheck = z.union([
  z.strictObject({ disable: z.literal(true) }),
  z.strictObject({
    test: z.array(z.string()),
    interval: z.string(),
    timeout: z.string(),
    retries: z.number(),
  }),
]);
const service = z.strictObject({
  image: z.string(),
  build: z.strictObject({ context: z.string(), dockerfile: z.string() }).optional(),
  restart: z.enum(['unless-stopped', 'no']),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.string() })).default({}),
  healthcheck: healthcheck.optional(),
  profiles: z.array(z.string()).optional(),
  read_only: z.literal(true).optional(),
  cap_drop: z.tuple([z.literal('ALL')]).optional(),
  security_opt: z.tuple([z.literal('no-new-privileges:true')]).optional(),
  stop_signal: z.string().optional(),
  stop_grace_period: z.string().optional(),
});
const composeFile = z.object({
  services: z.record(z.string(), service),
  volumes: z.record(z.string(), z.null()),
});

export type ComposeService = z.output<typeof service>;

/**
 * deploy/compose.yaml as docker compose reads it, with these variables put in.
 * @throws RangeError for a variable that is required and not given.
 */
export async function readCompose(
  variables: Readonly<Record<string, string>>,
): Promise<z.output<typeof composeFile>> {
  const fill = (text: string): string =>
    text.replaceAll(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name: string, kind?: string, rest = '') => {
      const value = variables[name] ?? '';
      if (value !== '') return value;
      if (kind === '-') return rest;
      throw new RangeError(`${name} is not given`);
    });
  const filled = (_: unknown, value: unknown): unknown => (typeof value === 'string' ? fill(value) : value);
  return composeFile.parse(parse(await composeText(), filled, { merge: true }));
}

export async function composeText(): Promise<string> {
  return await readFile(join(DEPLOY, 'compose.yaml'), 'utf8');
}

/** The variables of deploy/.env.example; what write-env.mjs fills in is empty. */
export async function exampleVariables(): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(join(DEPLOY, '.env.example'), 'utf8');
  return Object.fromEntries(
    [...text.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}

/** As deploy/.env would be. */
export async function filledVariables(): Promise<Readonly<Record<string, string>>> {
  const example = Object.entries(await exampleVariables());
  return Object.fromEntries(
    example.map(([name, value]) => [
      name,
      value === '' ? `p${name.toLowerCase().replaceAll('_', '').repeat(2)}` : value,
    ]),
  );
}
