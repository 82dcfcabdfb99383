import type { UserId } from '@longspan/protocol';

/**
 * The port by which the worker that took a stop command reaches the worker that holds the run. It reaches the workers
 * that are connected now; what must outlive them is in the log.
 */
export interface StopSignal {
  /**
   * Asks all workers, this one included, to stop a run. Resolves to true once its holder has ended it in the log, and
   * to false if nobody has said so within `timeoutMs`. Rejects with a `BrokerError` if the question could not leave.
   */
  request(user: UserId, runid: string, timeoutMs: number): Promise<boolean>;
  /**
   * `stop` resolves to true once this worker has ended the run in the log, to false if it does not hold it or could
   * not end it; only true is answered.
   */
  serve(stop: (user: UserId, runid: string) => Promise<boolean>): Disposable;
}
