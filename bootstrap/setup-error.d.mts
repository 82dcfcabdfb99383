/** A failure that setting up foresaw: its message tells the person what to do, so no stack trace is shown. */
export declare class SetupError extends Error {
  constructor(message: string, options?: ErrorOptions);
}
