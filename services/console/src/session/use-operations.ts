import { useEffect, useReducer } from 'react';
import { extendOperations, NOTHING_HEARD, type OperationsView } from '../state/operations.ts';
import { listenToOperations } from './operations-source.ts';

/** What the ingress tells of the system, for as long as the component stands; another token means another try. */
export function useOperations(token: string | undefined): OperationsView {
  const [view, take] = useReducer(extendOperations, NOTHING_HEARD);
  useEffect(() => {
    const leaving = new AbortController();
    take({ kind: 'feed', feed: { kind: 'connecting' } });
    void listenToOperations(token, take, leaving.signal);
    return () => leaving.abort();
  }, [token]);
  return view;
}
