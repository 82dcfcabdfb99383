import { Random } from '../random.ts';
import { drawScenario, scenarioOf, type Scenario, type ScenarioName } from './scenario.ts';

/** What may happen next, and how readily it does. Weights of 0 are for what the scenario does not have. */
export type Action =
  | 'commit'
  | 'replicate'
  | 'answer'
  | 'linkUp'
  | 'linkDown'
  | 'endTurn'
  | 'socketSends'
  | 'clientReads'
  | 'edgeReads'
  | 'timePasses'
  | 'faultsChange'
  | 'leaderChanges'
  | 'natsReconnects'
  | 'edgeDies'
  | 'edgeDrains'
  | 'edgeStarts'
  | 'clientComes'
  | 'clientWishes'
  | 'connectionBreaks'
  | 'eventsAge'
  | 'tailIsLost'
  | 'streamIsMadeAnew'
  | 'quorumToggles';

/** One step: what happens, and the seed of all the chance in it, so that leaving out one step leaves others as they are. */
export interface Step {
  readonly action: Action;
  readonly chance: number;
}

/** A whole run, which can be repeated, shortened and shown. */
export interface Schedule {
  readonly seed: number;
  readonly name: ScenarioName;
  readonly scenario: Scenario;
  readonly steps: readonly Step[];
}

/** Draws the steps of a seed, one after the other. */
export class StepSource {
  readonly name: ScenarioName;
  readonly scenario: Scenario;
  readonly #random: Random;
  readonly #actions: readonly Action[];
  readonly #upTo: readonly number[];
  readonly #total: number;

  constructor(seed: number, name = scenarioOf(seed)) {
    this.#random = new Random(seed);
    this.name = name;
    this.scenario = drawScenario(this.#random, name);
    const weights = Object.entries(weightsOf(this.scenario)).filter(([, weight]) => weight > 0);
    this.#actions = weights.map(([action]) => action as Action);
    let total = 0;
    this.#upTo = weights.map(([, weight]) => (total += weight));
    this.#total = total;
  }

  next(): Step {
    const point = this.#random.next() * this.#total;
    const action = this.#actions[this.#upTo.findIndex((upTo) => point < upTo)] ?? 'commit';
    return { action, chance: Math.floor(this.#random.next() * 2 ** 32) };
  }
}

function weightsOf(scenario: Scenario): Record<Action, number> {
  const {
    ages,
    rollsBack,
    isMadeAnew,
    losesQuorum,
    breaks,
    socketPace,
    replicaPace,
    clients,
    bursts,
    commitPace,
  } = scenario;
  const crowd = Math.max(1, clients / 4);
  return {
    commit: commitPace,
    replicate: replicaPace,
    answer: 30,
    linkUp: 15,
    linkDown: 20,
    endTurn: 25,
    socketSends: socketPace * crowd,
    clientReads: 30 * crowd,
    edgeReads: 10 * crowd * (1 - bursts),
    timePasses: 6,
    faultsChange: 0.6,
    leaderChanges: 0.6,
    natsReconnects: 0.3 * crowd,
    edgeDies: breaks ? 0.2 * crowd : 0,
    edgeDrains: breaks ? 0.2 : 0,
    edgeStarts: 3,
    clientComes: 4 * crowd,
    clientWishes: breaks ? 1 : 0,
    connectionBreaks: 1.5,
    eventsAge: ages ? 3 : 0,
    tailIsLost: rollsBack ? 0.3 : 0,
    streamIsMadeAnew: isMadeAnew ? 0.3 : 0,
    quorumToggles: losesQuorum ? 0.8 : 0,
  };
}
