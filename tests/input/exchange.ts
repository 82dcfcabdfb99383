import { connect } from 'node:net';

const ANSWER_WITHIN_MS = 45_000;
/** An answer that goes on: enough has been seen of it. */
const STREAM =
  /^HTTP\/1\.1 (?:101|200)[^]*?(?:upgrade: websocket|content-type: text\/event-stream)[^]*?\r\n\r\n/i;

/** An HTTP answer, as far as it came. */
export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface ExchangeOptions {
  readonly port: number;
  readonly bytes: Uint8Array;
  /** The part that is written first; the rest follows a turn later. */
  readonly firstPart: number;
  /** How long an answer is waited for before it is said that no more will come, in milliseconds. */
  readonly patienceMs: number;
}

/**
 * Writes bytes to a port as they are and, when an answer begins or patience ends, says that no more will come.
 * Resolves to what was answered when the other side has closed as well; rejects if it does not.
 */
export async function exchange({
  port,
  bytes,
  firstPart,
  patienceMs,
}: ExchangeOptions): Promise<readonly HttpAnswer[]> {
  const noMore = () => socket.end();
  const socket = connect({ port, host: '127.0.0.1' });
  socket.setNoDelay(true);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const late = setTimeout(() => reject(new Error('neither answered nor closed')), ANSWER_WITHIN_MS);
  let text = '';
  socket.setEncoding('latin1');
  socket.on('data', (part: string) => {
    text += part;
    noMore();
    if (STREAM.test(text)) socket.destroy();
  });
  // A reset is an end, too: who answers before all was read and closes then resets.
  socket.on('error', () => undefined);
  socket.on('close', () => resolve());
  const cut = Math.floor(bytes.length * firstPart);
  socket.write(bytes.subarray(0, cut));
  setImmediate(() => socket.write(bytes.subarray(cut)));
  const impatient = setTimeout(noMore, patienceMs);
  try {
    await promise;
  } finally {
    clearTimeout(late);
    clearTimeout(impatient);
    socket.destroy();
  }
  return answersIn(text);
}

function answersIn(text: string): readonly HttpAnswer[] {
  return text.split(/(?=HTTP\/1\.1 [0-9]{3} )/).flatMap((answer) => {
    const [head, body] = splitOnce(answer, '\r\n\r\n');
    const status = Number(/^HTTP\/1\.1 ([0-9]{3})/.exec(head)?.[1] ?? Number.NaN);
    const contentType = /^content-type: *([^\r]*)/im.exec(head)?.[1] ?? '';
    return Number.isNaN(status) ? [] : [{ status, contentType, body }];
  });
}

function splitOnce(text: string, by: string): readonly [string, string] {
  const at = text.indexOf(by);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + by.length)];
}
