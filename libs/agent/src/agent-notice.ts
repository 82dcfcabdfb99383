/** What an agent tells whoever runs it, for logs and metrics: ids and codes, never what was said. */
export type AgentNotice =
  | {
      readonly type: 'run_started' | 'run_completed' | 'run_stopped';
      readonly runid: string;
      readonly attempt: number;
    }
  /** The run had been ended already, or a newer attempt is at work: nothing was done. */
  | { readonly type: 'run_over' | 'run_superseded'; readonly runid: string; readonly attempt: number }
  /** Another worker may hold the command; this one let go of it. */
  | { readonly type: 'run_lost'; readonly runid: string; readonly attempt: number }
  /** This worker goes down before the run was done; another one gets it now. */
  | { readonly type: 'run_handed_back'; readonly runid: string; readonly attempt: number }
  | {
      readonly type: 'run_retried';
      readonly runid: string;
      readonly attempt: number;
      readonly delayMs: number;
      readonly error: unknown;
    }
  | {
      readonly type: 'run_failed' | 'run_buried';
      readonly runid: string;
      readonly attempt: number;
      readonly error: unknown;
    }
  | { readonly type: 'stop_refused'; readonly commandId: string }
  | { readonly type: 'stop_failed'; readonly runid: string; readonly error: unknown };
