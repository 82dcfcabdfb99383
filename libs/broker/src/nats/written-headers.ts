import type { MsgHdrs } from '@nats-io/transport-node';

const FIRST_LINE = 'NATS/1.0\r\n';
const LAST_LINE = '\r\n';

/**
 * Headers in the form that goes on the wire. The library's own check each name and value and look for earlier ones of the
 * same name, which took a fifth of a publisher's time; of headers to be sent, it asks nothing but to be encoded.
 *
 * @param lines `Name: value\r\n`, each; written by us, of Latin-1 characters without line breaks in them.
 */
export function writtenHeaders(lines: string): MsgHdrs {
  return new WrittenHeaders(lines) as unknown as MsgHdrs;
}

class WrittenHeaders {
  readonly #lines: string;

  constructor(lines: string) {
    this.#lines = lines;
  }

  encode(): Uint8Array {
    return Buffer.from(`${FIRST_LINE}${this.#lines}${LAST_LINE}`, 'latin1');
  }
}
