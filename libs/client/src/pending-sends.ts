import type { Send } from '@longspan/protocol';
import type { Driver } from './driver.ts';
import type { Receipt } from './event-map.ts';
import { clientError, LongspanError } from './longspan-error.ts';
import type { Command } from './machine/sends.ts';
import type { Outcome } from './machine/effect.ts';

export interface SendOptions {
  readonly id?: string;
  readonly signal?: AbortSignal;
  readonly traceparent?: string;
}

interface Pending {
  readonly resolve: (receipt: Receipt) => void;
  readonly reject: (error: LongspanError) => void;
}

const ID_PATTERN = /^[A-Za-z0-9_-]{1,64}$/;

/** The longest type and thread of a command, in characters (PROTOCOL.md, send). */
const NAME_CHARS_MAX = 256;

/** The promises of commands that wait for their commit; the machine has the commands themselves. */
export class PendingSends {
  readonly #driver: Driver;
  readonly #committed: (receipt: Receipt) => void;
  readonly #pending = new Map<string, Pending>();

  constructor(driver: Driver, committed: (receipt: Receipt) => void) {
    this.#driver = driver;
    this.#committed = committed;
  }

  /** @see LongspanClient.send */
  async send(event: Send['event'], { id = randomId(), signal, traceparent }: SendOptions): Promise<Receipt> {
    if (!ID_PATTERN.test(id)) throw clientError('invalid_command', `id ${id}`);
    if (this.#pending.has(id))
      throw clientError('invalid_command', `a command with the id ${id} waits already`);
    if (signal?.aborted === true) throw clientError('aborted', undefined, signal.reason);
    const command = commandOf(id, event, traceparent);
    const abandon = () => this.#driver.dispatch({ kind: 'abandon', id });
    signal?.addEventListener('abort', abandon);
    try {
      return await new Promise<Receipt>((resolve, reject) => {
        this.#pending.set(id, { resolve, reject });
        this.#driver.dispatch({ kind: 'send', command });
      });
    } finally {
      signal?.removeEventListener('abort', abandon);
    }
  }

  settle(id: string, outcome: Outcome): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (outcome.kind === 'refused') {
      const { code, message, retryable } = outcome;
      pending?.reject(new LongspanError(code, message, { retryable }));
      return;
    }
    const receipt: Receipt = { id, position: outcome.position, duplicate: outcome.duplicate };
    pending?.resolve(receipt);
    this.#committed(receipt);
  }
}

/** The command as it is now: what the caller does to its objects later does not change it. */
function commandOf(id: string, event: Send['event'], traceparent: string | undefined): Command {
  // What is not of the protocol would cost the whole connection, so it is refused here.
  if (!isName(event.type)) throw clientError('invalid_command', 'its type is no text of 1 to 256 characters');
  if (event.threadid !== undefined && !isName(event.threadid)) {
    throw clientError('invalid_command', 'its threadid is no text of 1 to 256 characters');
  }
  try {
    const text = JSON.stringify(event);
    const snapshot = JSON.parse(text) as Send['event'];
    const trace = traceparent === undefined ? {} : { traceparent };
    const frame = JSON.stringify({ type: 'send', id, event: snapshot, ...trace });
    return { id, event: snapshot, ...trace, eventBytes: bytesOf(text), frameBytes: bytesOf(frame) };
  } catch (cause) {
    throw clientError('invalid_command', 'the event', cause);
  }
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= NAME_CHARS_MAX;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** 128 random bits; `crypto.randomUUID` is missing on pages without TLS. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
