import type { SabotageName } from './sabotages.ts';

/** The environment in which a Node process runs sabotaged: for `startBridge({ env })` and for any other. */
export function sabotageEnv(name: SabotageName): Readonly<Record<string, string>> {
  const register = new URL('./register.ts', import.meta.url).href;
  return { NODE_OPTIONS: `--import=${register}`, LONGSPAN_SABOTAGE: name };
}

/** What `LONGSPAN_SABOTAGE` asks for, if anything: each suite can be run against a sabotaged build of the services. */
export function askedSabotageEnv(): Readonly<Record<string, string>> {
  const name = process.env['LONGSPAN_SABOTAGE'];
  return name === undefined ? {} : sabotageEnv(name as SabotageName);
}

/** The files that were sabotaged in the process that wrote `log`. A run in which some are missing proves nothing. */
export function sabotagedFiles(log: string): readonly string[] {
  return [...log.matchAll(/^sabotaged \S+ (.+)$/gm)].map(([, file = '']) => file);
}
