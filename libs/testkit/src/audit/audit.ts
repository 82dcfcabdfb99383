/*
 * What makes a verdict worth something, and where it is:
 *
 *   1 independent truth            publishers' logs, and the stream as an ordinary consumer reads it (stream-dump.ts)
 *   2 seen at the callback         client logs that outlive reconnects and restarts (RecordedClient, RawClient)
 *   3 three outcomes               acknowledged, refused or indeterminate, which may be there once or not (logs.ts)
 *   4 one order without holes      per client; each gap by a rule of the stream (client-check.ts, stream-facts.ts)
 *   5 repeats on the wire          apart from those at callbacks, and from overlaps of a take-over (client-check.ts)
 *   6 the tail                     what is committed last is owed like everything before (client-check.ts)
 *   7 commands                     each acknowledged one is acted on once (command-check.ts), runs (run-life.ts)
 *   8 the checker is tested        audit.test.ts, and sabotaged builds (tests/mutation)
 *   9 nothing is thrown away       seeds, and the logs themselves beside the evidence (raw-logs.ts)
 */
import { ClientChecks } from './client-check.ts';
import { checkCommands } from './command-check.ts';
import { faultKindsOf, nothingFound, type Faults } from './faults.ts';
import type { RunLogs } from './logs.ts';
import { checkStreams } from './stream-check.ts';
import { Truth } from './truth.ts';

export interface Audit extends Faults {
  /** No fault of any kind, and there was something to judge. */
  readonly clean: boolean;
  /** Events that no answer acknowledged and that were delivered all the same; each may be, once. No fault. */
  readonly unacknowledgedDelivered: number;
  /** How much was judged. */
  readonly counts: {
    readonly acknowledged: number;
    readonly committed: number;
    /** To callbacks, over all clients. */
    readonly delivered: number;
    readonly clients: number;
    /** Events that came twice while one connection took over from another, and that a library dropped. No fault. */
    readonly overlaps: number;
    readonly commands: number;
  };
}

/**
 * Compares what was published, what the stream holds, what every client saw and what the back end did. Believes none
 * of them alone. Takes seconds for a million events; the logs may be generators' as long as they can be read again.
 */
export function audit(logs: RunLogs): Audit {
  const { published, committed, clients, streams, commands } = logs;
  const found = nothingFound();
  const truth = new Truth(published, committed, streams);
  const checks = new ClientChecks(truth, found);
  for (const client of clients) checks.check(client);
  checkStreams(truth, found, checks.sawRemade);
  const sent = [...(commands?.sent ?? [])];
  if (commands) checkCommands(sent, commands.effects, found);

  const something = truth.acknowledgedCount > 0 || truth.committedCount > 0;
  const result: Audit = {
    ...found,
    clean: faultKindsOf(found).length === 0 && something && checks.clients > 0,
    unacknowledgedDelivered: checks.unacknowledgedDelivered,
    counts: {
      acknowledged: truth.acknowledgedCount,
      committed: truth.committedCount,
      delivered: checks.delivered,
      clients: checks.clients,
      overlaps: checks.overlaps,
      commands: sent.length,
    },
  };
  judged.set(result, logs);
  return result;
}

const judged = new WeakMap<Audit, RunLogs>();

/** The logs that an audit was made from, so that they can be kept with its verdict. */
export function logsOf(result: Audit): RunLogs | undefined {
  return judged.get(result);
}
