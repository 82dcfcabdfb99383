/** Where a system works: how many sessions it holds, and how many events it delivers a second. */
export interface Load {
  readonly sessions: number;
  readonly eventsPerSecond: number;
}

/** What that takes. */
export interface Need {
  readonly edgeCores: number;
  readonly brokerCores: number;
  readonly edgeMiB: number;
}

export type Reading = Load & Need;

/**
 * A need: `atOne * eventsPerSecond ** exponent + perSession * (sessions - sessionsCounted)`. It grows more slowly than the events, for
 * the more of them there are, the more share a packet, a batch and a wake-up. Those of `sessionsCounted` sessions are in the first term.
 */
export interface Curve {
  readonly atOne: number;
  readonly exponent: number;
  readonly perSession: number;
  readonly sessionsCounted: number;
}

/** What each need costs. */
export type CapacityModel = Readonly<Record<keyof Need, Curve>>;

/**
 * Fits a model to readings at three corners: little of both, many events, many sessions. It passes through each of them, so
 * that only a reading that it was not made from can tell how good it is.
 */
export function modelOf(little: Reading, manyEvents: Reading, manySessions: Reading): CapacityModel {
  const curve = (need: keyof Need): Curve => {
    const growth = manyEvents.eventsPerSecond / little.eventsPerSecond;
    const exponent = Math.log(manyEvents[need] / little[need]) / Math.log(growth);
    const atOne = little[need] / little.eventsPerSecond ** exponent;
    const perSession = (manySessions[need] - little[need]) / (manySessions.sessions - little.sessions);
    return { atOne, exponent, perSession, sessionsCounted: little.sessions };
  };
  return {
    edgeCores: curve('edgeCores'),
    brokerCores: curve('brokerCores'),
    edgeMiB: curve('edgeMiB'),
  };
}

/** What the model expects of a load. */
export function needOf(model: CapacityModel, { sessions, eventsPerSecond }: Load): Need {
  const at = ({ atOne, exponent, perSession, sessionsCounted }: Curve) =>
    atOne * eventsPerSecond ** exponent + perSession * (sessions - sessionsCounted);
  return {
    edgeCores: at(model.edgeCores),
    brokerCores: at(model.brokerCores),
    edgeMiB: at(model.edgeMiB),
  };
}
