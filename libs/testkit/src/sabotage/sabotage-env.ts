import type { SabotageName } from './sabotages.ts';

/** The environment in which a Node process runs sabotaged: for `startBridge({ env })` and for any other. */
export function sabotageEnv(name: SabotageName): Readonly<Record<string, string>> {
  const register = new URL('./register.ts', import.meta.url).href;
  return { NODE_OPTIONS: `--import=${register}`, LONGSPAN_SABOTAGE: name };
}

/** How often the process that wrote `log` was sabotaged. A run in which it is 0 proves nothing. */
export function sabotagesIn(log: string): number {
  return log.match(/^sabotaged /gm)?.length ?? 0;
}
