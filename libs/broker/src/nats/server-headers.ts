import type { Msg } from '@nats-io/transport-node';

/** What is read of a message's headers. */
export interface ServerHeaders {
  /** The status that the server answers with instead of a message; 0 if it is a message. */
  readonly code: number;
  readonly description: string;
  /**
   * The last value of a header, which is the server's where the server writes it: it appends its own to the publisher's.
   * Empty if there is none, or none that fits in a line.
   */
  last(name: string): string;
  /** The first value of a header, which is the publisher's: quick to find for those that our publishers write first. */
  first(name: string): string;
}

const VERSION = 'NATS/1.0';
const STATUS = /^ +([0-9]{3})(?: +(.*))?$/;
const LINE_END = '\r\n';

/**
 * Reads a message's headers from its bytes. `Msg.headers` is not used: it decodes all of them and throws on a line that
 * the server takes from publishers and passes on, such as a name with a space. Thrown in a callback, that ends the
 * connection's read loop, and one event of one user would make the edge deaf for all, again and again.
 *
 * @param subject the message's, for who knows it: the library would decode it once more.
 */
export function serverHeaders(message: Msg, subject = message.subject): ServerHeaders | undefined {
  const text = headerText(message, subject);
  return text === undefined ? undefined : new HeaderText(text);
}

/** Reads only what is asked for: of a live event, two values of the server's and two of the publisher's. */
class HeaderText implements ServerHeaders {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get code(): number {
    return Number(this.#status()?.[1] ?? 0);
  }

  get description(): string {
    return this.#status()?.[2] ?? '';
  }

  last(name: string): string {
    return this.#valueAt(this.#text.lastIndexOf(`${LINE_END}${name}:`), name);
  }

  first(name: string): string {
    return this.#valueAt(this.#text.indexOf(`${LINE_END}${name}:`), name);
  }

  #valueAt(line: number, name: string): string {
    if (line < 0) return '';
    const start = line + LINE_END.length + name.length + 1;
    const value = this.#text.slice(start, this.#text.indexOf(LINE_END, start)).trim();
    return /[\r\n\0]/.test(value) ? '' : value;
  }

  #status(): RegExpExecArray | null {
    return STATUS.exec(this.#text.slice(VERSION.length, this.#text.indexOf(LINE_END)));
  }
}

/** The library's messages have it, though its interface does not say so: subject, reply, headers and payload. */
type Measured = Msg & { size(): number };

/** The header block lies before the payload, in the same buffer. */
function headerText(message: Msg, subject: string): string | undefined {
  const { data, reply = '' } = message;
  const length =
    (message as Measured).size() - Buffer.byteLength(subject) - Buffer.byteLength(reply) - data.length;
  if (length <= 0 || data.byteOffset < length) return undefined;
  const text = Buffer.from(data.buffer, data.byteOffset - length, length).toString('latin1');
  return text.startsWith(VERSION) ? text : undefined;
}
