/** One broken promise: which event, and for which client, if it is about one. */
export interface Fault {
  readonly user: string;
  readonly client?: string;
  readonly id?: string;
  readonly seq?: number;
  readonly detail?: string;
}

/** Every way in which a run can break the guarantees, by the guarantee's number in PROTOCOL.md. */
export const FAULT_KINDS = {
  lost: 'G2: a committed or acknowledged event that a client did not see and that no gap covers',
  repeated: 'G3: an event that a callback got more than once',
  repeatedOnWire: 'G3: an event that an edge sent more than once, where the client had said that it had it',
  outOfOrder: 'G1: an event that a client saw after a later one',
  crossed: 'G4: an event of another user',
  unjustifiedGaps: 'G2: a gap over events that the stream has, or that nothing in the run explains',
  invented:
    'an event that is nowhere else, or under a place that is not its own, or refused and there all the same',
  notKept: 'G5: acknowledged, not in the stream where it was said to be, and not to be discarded yet',
  committedTwice: 'G5: in the stream twice',
  publisherOrder: "G6: in the stream in another order than its publisher's",
  commandsLost: 'G7: an acknowledged command that the back end has not acted on',
  commandsRepeated: 'G7: a command that the back end has acted on more than once',
  commandsInvented: 'G7: a command that nobody sent, or that was refused, and that the back end has acted on',
} as const;

export type FaultKind = keyof typeof FAULT_KINDS;

export type Faults = { readonly [K in FaultKind]: readonly Fault[] };

/** Faults while they are being found. */
export type Found = { readonly [K in FaultKind]: Fault[] };

export function nothingFound(): Found {
  return {
    lost: [],
    repeated: [],
    repeatedOnWire: [],
    outOfOrder: [],
    crossed: [],
    unjustifiedGaps: [],
    invented: [],
    notKept: [],
    committedTwice: [],
    publisherOrder: [],
    commandsLost: [],
    commandsRepeated: [],
    commandsInvented: [],
  };
}

export function faultKindsOf(faults: Faults): readonly FaultKind[] {
  return faultKinds.filter((kind) => faults[kind].length > 0);
}

const faultKinds = Object.keys(FAULT_KINDS) as FaultKind[];
