import { useEffect, useState, useSyncExternalStore } from 'react';
import type { ConsoleConfig } from '../config/console-config.ts';
import { EMPTY_PANE, type Pane } from '../state/pane.ts';
import { PaneSession } from './pane-session.ts';

const NEVER = () => () => undefined;
const EMPTY = () => EMPTY_PANE;

/**
 * A client of the user for as long as the component stands, and what it has received. The session is undefined only
 * before the first effect; another user means another session.
 */
export function useLongspan(
  user: string,
  config: ConsoleConfig,
): { pane: Pane; session: PaneSession | undefined } {
  const [session, setSession] = useState<PaneSession>();
  useEffect(() => {
    const next = new PaneSession(user, config);
    setSession(next);
    next.connect();
    return () => {
      setSession(undefined);
      void next.close();
    };
  }, [user, config]);
  const pane = useSyncExternalStore(session?.subscribe ?? NEVER, session?.snapshot ?? EMPTY);
  return { pane, session };
}
