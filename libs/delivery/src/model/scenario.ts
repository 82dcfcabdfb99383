import type { Random } from './random.ts';

/** What kind of trouble a run has. */
export interface Scenario {
  readonly steps: number;
  readonly users: number;
  readonly clients: number;
  readonly edges: number;
  readonly replicas: number;
  readonly keepPerUser: number;
  readonly pageEventsMax: number;
  readonly dropMax: number;
  readonly ages: boolean;
  readonly rollsBack: boolean;
  readonly isMadeAnew: boolean;
  readonly losesQuorum: boolean;
  /** How readily sockets send, against everything else. */
  readonly socketPace: number;
  readonly replicaPace: number;
}

/** Draws a scenario: some runs have every trouble, many have one or two, so that each is seen alone as well. */
export function drawScenario(random: Random): Scenario {
  return {
    steps: 100 + random.below(400),
    users: 1 + random.below(2),
    clients: 1 + random.below(4),
    edges: 1 + random.below(2),
    replicas: 1 + random.below(3),
    keepPerUser: random.pick([1, 2, 3, 5, 8, 1_000, 1_000]),
    pageEventsMax: random.pick([2, 3, 8, 100]),
    dropMax: random.pick([0, 0.1, 0.3, 0.7]),
    ages: random.chance(0.3),
    rollsBack: random.chance(0.15),
    isMadeAnew: random.chance(0.15),
    losesQuorum: random.chance(0.4),
    socketPace: random.pick([2, 10, 40]),
    replicaPace: random.pick([2, 10, 30]),
  };
}
