/**
 * What a handler, or the agent library itself, has to say about a failure. `message` is for the person who waits for
 * the answer: it becomes the `message` of `agent_failed`. Match on `code`, never on the message.
 * A `retryable` failure gives the command to a worker again, after `retryAfterMs` if that is given.
 */
export class AgentError extends Error {
  readonly code: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(
    code: string,
    message: string,
    options: ErrorOptions & { readonly retryable?: boolean; readonly retryAfterMs?: number } = {},
  ) {
    super(message, options);
    this.name = 'AgentError';
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Why a worker lets go of a run that may be somebody else's by now. */
export function leaseLost(): AgentError {
  return new AgentError('lease_lost', 'another worker may hold the command', { retryable: true });
}
