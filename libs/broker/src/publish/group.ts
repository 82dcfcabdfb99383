import type { Message } from './message.ts';
import type { Place } from './flight.ts';
import { batchIsFaster, type Pace } from './pace.ts';

/** A group's limits: JetStream's for an atomic batch, and ours for the memory that a batch takes in the server. */
export interface GroupLimits {
  readonly messages: number;
  readonly bytes: number;
  /** Without it, every group is one message: for streams that take no atomic batches. */
  readonly batches: boolean;
}

/** What a group is made of: a publish call's messages, which stay together. */
export interface CallContent {
  readonly messages: readonly Message[];
  readonly bytes: number;
}

/**
 * How many calls from the front of the queue go next, at least one. A call is never split, and never overtaken.
 * @param alone the next group is to be a single call, because one of its company was refused.
 */
export function callsInNextGroup(
  queue: readonly CallContent[],
  limits: GroupLimits,
  pace: Pace,
  alone: boolean,
): number {
  if (alone || !limits.batches) return 1;
  let [calls, messages, bytes, needsBatch] = [0, 0, 0, false];
  for (const call of queue) {
    if (calls > 0 && (messages + call.messages.length > limits.messages || bytes + call.bytes > limits.bytes))
      break;
    calls += 1;
    messages += call.messages.length;
    bytes += call.bytes;
    needsBatch ||= call.messages.length > 1;
  }
  return needsBatch || batchIsFaster(pace, messages) ? calls : 1;
}

/** The messages of some calls without repeats, and for every call where its own are among them. */
export interface Manifest {
  readonly messages: readonly Message[];
  /** By call, by message of the call: its index in `messages`, and whether it is the first there. */
  readonly slots: readonly (readonly Slot[])[];
}

export interface Slot {
  readonly index: number;
  readonly repeat: boolean;
}

/** Lays calls out as one group. The first of several messages with the same id is the one that counts (G5). */
export function layOut(calls: readonly CallContent[]): Manifest {
  const messages: Message[] = [];
  const indexOf = new Map<string, number>();
  const slots = calls.map((call) =>
    call.messages.map((message): Slot => {
      const known = indexOf.get(message.msgId);
      if (known !== undefined) return { index: known, repeat: true };
      indexOf.set(message.msgId, messages.length);
      messages.push(message);
      return { index: messages.length - 1, repeat: false };
    }),
  );
  return { messages, slots };
}

/** Where a call's messages came to be, in the call's order. */
export function placesOf(slots: readonly Slot[], places: readonly (Place | undefined)[]): Place[] {
  return slots.map(({ index, repeat }) => {
    const place = places[index];
    if (place === undefined) throw new Error('a placed group has a message without a place');
    return repeat ? { ...place, duplicate: true } : place;
  });
}
