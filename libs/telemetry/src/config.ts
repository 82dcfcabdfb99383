import type { z } from 'zod';

/** The environment is not acceptable. The message is one line for people: variable, value, what is expected. */
export class ConfigError extends Error {
  readonly code = 'bad_config';

  constructor(message: string) {
    super(message);
    this.name = 'ConfigError';
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

const SECRET_NAME = /SECRET|PASSWORD|TOKEN|KEY|CREDS/;
const URL_CREDENTIALS = /\/\/[^/@\s,]*@/g;

/**
 * Reads the environment once, with a schema whose keys are the variables' names. A variable that is empty counts as
 * not set.
 * @throws ConfigError naming every bad variable, its value (secrets and credentials masked) and what is expected.
 */
export function readConfig<Config>(schema: z.ZodType<Config>, env: Environment): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const complaints = new Map(result.error.issues.map((issue) => [issue.path.join('.'), issue.message]));
  throw new ConfigError(
    [...complaints].map(([name, expected]) => complain(name, given[name], expected)).join('; '),
  );
}

function complain(name: string, value: string | undefined, expected: string): string {
  if (value === undefined)
    return `${name} is not set; expected ${expected.replace(/^Invalid input: expected /, '')}`;
  return `${name} is ${shown(name, value)}; expected ${expected}`;
}

function shown(name: string, value: string): string {
  if (SECRET_NAME.test(name)) return `a secret of ${value.length} characters`;
  return JSON.stringify(value.replace(URL_CREDENTIALS, '//***@'));
}
