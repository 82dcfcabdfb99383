import type { Place } from './flight.ts';
import type { Message } from './message.ts';

/** Room for messages: in a group, or under way. */
export interface Room {
  readonly messages: number;
  readonly bytes: number;
}

/** What a group is made of: a publish call's messages, which stay together. */
export interface CallContent {
  readonly messages: readonly Message[];
  readonly bytes: number;
}

/** How many calls from the front of a queue fit. A call is never split, and never overtaken. */
export function callsThatFit(queue: readonly CallContent[], room: Room): number {
  let [calls, messages, bytes] = [0, 0, 0];
  for (const call of queue) {
    messages += call.messages.length;
    bytes += call.bytes;
    if (messages > room.messages || bytes > room.bytes) break;
    calls += 1;
  }
  return calls;
}

/** The messages of some calls without repeats, and for every call where its own are among them. */
export interface Manifest {
  readonly messages: readonly Message[];
  /** By call, by message of the call: its index in `messages`, and whether it is not the first there. */
  readonly slots: readonly (readonly Slot[])[];
}

export interface Slot {
  readonly index: number;
  readonly repeat: boolean;
}

const ONE_SLOT: Manifest['slots'] = [[{ index: 0, repeat: false }]];

/** Lays calls out as one group. The first of several messages with the same id is the one that counts (G5). */
export function layOut(calls: readonly CallContent[]): Manifest {
  const [only] = calls;
  if (calls.length === 1 && only?.messages.length === 1) return { messages: only.messages, slots: ONE_SLOT };
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
