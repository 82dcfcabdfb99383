/**
 * What can go wrong between us and the log:
 * `disconnected`: no connection to any server; `timeout`: no answer in time; `no_quorum`: nothing was committed
 * within the budget (whether it will be is unknown: send the same ids again); `stale`: a replica that is behind
 * answered; `too_big`: the event is larger than the log takes; `refused`: the server said no, permissions included;
 * `no_streams`: the streams are not made yet; `misconfigured`: they are missing or not ours; `closed`: this object was closed.
 */
export type BrokerErrorCode =
  | 'disconnected'
  | 'timeout'
  | 'no_quorum'
  | 'stale'
  | 'too_big'
  | 'refused'
  | 'no_streams'
  | 'misconfigured'
  | 'closed';

const RETRYABLE: Readonly<Record<BrokerErrorCode, boolean>> = {
  disconnected: true,
  timeout: true,
  no_quorum: true,
  stale: true,
  too_big: false,
  refused: false,
  no_streams: true,
  misconfigured: false,
  closed: false,
};

/** Match on `code`, never on the message. */
export class BrokerError extends Error {
  readonly code: BrokerErrorCode;
  readonly retryable: boolean;

  constructor(code: BrokerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BrokerError';
    this.code = code;
    this.retryable = RETRYABLE[code];
  }
}
