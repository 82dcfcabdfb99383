import { DATA_DEPTH_MAX, nestsDeeperThan, RECEIVED_EVENTS_MAX, type UpFrame } from '@longspan/protocol';
import { z } from 'zod';

const CLIENT_CHARS_MAX = 64;
const TYPE_CHARS_MAX = 256;
const THREAD_CHARS_MAX = 256;
const HANDLED_MS_MAX = 86_400_000;

const REPORTED_MAX = 2 ** 40;
const reported = z.number().int().min(0).max(REPORTED_MAX);

const connect = z.object({
  type: z.literal('connect'),
  token: z.string().optional(),
  from: z.string().max(64).optional(),
  client: z.string().max(CLIENT_CHARS_MAX).optional(),
  // Nobody is turned away for what is only counted.
  report: z
    .object({ awayMs: reported, attempts: reported, violations: reported })
    .optional()
    .catch(undefined),
  reportReceived: z.boolean().optional(),
});
const send = z.object({
  type: z.literal('send'),
  id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  event: z.object({
    type: z.string().min(1).max(TYPE_CHARS_MAX),
    data: z
      .unknown()
      .refine((data) => !nestsDeeperThan(data, DATA_DEPTH_MAX))
      .optional(),
    threadid: z.string().min(1).max(THREAD_CHARS_MAX).optional(),
  }),
  traceparent: z.string().optional().catch(undefined),
});
const auth = z.object({ type: z.literal('auth'), token: z.string() });
const pong = z.object({ type: z.literal('pong') });

const received = z.object({
  type: z.literal('received'),
  events: z
    .array(z.tuple([z.int().nonnegative(), z.number().nonnegative().max(HANDLED_MS_MAX)]))
    .max(RECEIVED_EVENTS_MAX),
});

const upFrame = z.discriminatedUnion('type', [connect, send, auth, pong, received]);
const sendHead = send.pick({ type: true, id: true });

/** A frame that asks for a send and names it, but whose event is not acceptable: that send fails, nothing else. */
export interface BadSend {
  readonly type: 'bad_send';
  readonly id: string;
}

/** Reads a frame from a client; undefined if it is not of this protocol. Unknown fields are for later versions. */
export function decodeUp(text: string): UpFrame | BadSend | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const frame = upFrame.safeParse(value);
  if (frame.success) return frame.data as UpFrame;
  const head = sendHead.safeParse(value);
  return head.success ? { type: 'bad_send', id: head.data.id } : undefined;
}
