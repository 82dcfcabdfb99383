/** A failure that setting up foresaw: its message tells the person what to do, so no stack trace is shown. */
export class SetupError extends Error {
  /**
   * @param {string} message sentences for a person: what is wrong and what to do
   * @param {{ cause?: unknown }} [options] what led to it
   */
  constructor(message, options) {
    super(message, options);
    this.name = 'SetupError';
  }
}
