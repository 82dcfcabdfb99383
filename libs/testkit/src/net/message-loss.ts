const LINE_END = '\r\n';
const NOTHING = Buffer.alloc(0);

/**
 * Loses chosen messages on the way from a NATS server to its client, and nothing else: the bytes of a relayed
 * connection are cut into protocol operations, and the messages that are to be lost are left out. To the client it
 * is what at-most-once delivery permits, as when a leader changes between commit and republish.
 * @see https://docs.nats.io/reference/reference-protocols/nats-protocol
 */
export class MessageLoss {
  #loses: (subject: string) => boolean = () => false;
  #lost = 0;

  /** How many messages have been lost so far. */
  get lost(): number {
    return this.#lost;
  }

  /** Loses the next `count` messages whose subject fits, on whatever connection. */
  loseNext(count: number, fits: (subject: string) => boolean): void {
    let left = count;
    this.#loses = (subject) => {
      if (left === 0 || !fits(subject)) return false;
      left -= 1;
      return true;
    };
  }

  /** A filter for the bytes of one connection, as `FaultProxy` takes it. */
  readonly filter = (): ((bytes: Buffer) => Buffer) => {
    let rest: Buffer = NOTHING;
    return (bytes) => {
      const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      const passed: Buffer[] = [];
      let at = 0;
      for (;;) {
        const operation = operationAt(all, at);
        if (!operation) break;
        const { subject, end } = operation;
        if (subject !== undefined && this.#loses(subject)) this.#lost += 1;
        else passed.push(all.subarray(at, end));
        at = end;
      }
      rest = all.subarray(at);
      return Buffer.concat(passed);
    };
  };
}

/** The operation that begins at `start`: where it ends and, if it is a message, its subject. Undefined if incomplete. */
function operationAt(
  bytes: Buffer,
  start: number,
): { readonly subject?: string; readonly end: number } | undefined {
  const lineEnd = bytes.indexOf(LINE_END, start);
  if (lineEnd < 0) return undefined;
  const afterLine = lineEnd + LINE_END.length;
  const words = bytes.toString('latin1', start, lineEnd).split(' ');
  const [name = '', subject = ''] = words;
  if (name !== 'MSG' && name !== 'HMSG') return { end: afterLine };
  // The last word of both forms is the number of bytes that follow: headers, if any, and payload.
  const end = afterLine + Number(words.at(-1)) + LINE_END.length;
  return end <= bytes.length ? { subject, end } : undefined;
}
