import { DELIVERY_SABOTAGES } from './delivery-sabotages.ts';
import {
  CLIENT_SABOTAGES,
  COMMAND_SABOTAGES,
  ISOLATION_SABOTAGES,
  PUBLISHING_SABOTAGES,
} from './other-sabotages.ts';
import type { Sabotage } from './sabotage.ts';

/** All sabotages by name. Each must be caught by some suite (`tests/mutation`); one that is not means a missing test. */
export const SABOTAGES = {
  ...DELIVERY_SABOTAGES,
  ...PUBLISHING_SABOTAGES,
  ...ISOLATION_SABOTAGES,
  ...COMMAND_SABOTAGES,
  ...CLIENT_SABOTAGES,
} as const satisfies Record<string, Sabotage>;

export type SabotageName = keyof typeof SABOTAGES;

/** The sabotage of this name; throws if there is none. */
export function sabotageOf(name: string): Sabotage {
  const known: Readonly<Record<string, Sabotage>> = SABOTAGES;
  const sabotage = known[name];
  if (sabotage === undefined) throw new RangeError(`there is no sabotage ${name}`);
  return sabotage;
}
