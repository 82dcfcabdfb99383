import type { Random } from '../random.ts';

/** What kind of trouble a schedule has. */
export interface Scenario {
  readonly steps: number;
  readonly users: number;
  readonly clients: number;
  readonly edges: number;
  readonly shards: number;
  readonly replicas: number;
  readonly keepPerUser: number;
  readonly pageEventsMax: number;
  /** How many events one read of a whole shard brings at most: where it ends, anybody's events are cut. */
  readonly rangeEventsMax: number;
  readonly eventBytes: number;
  readonly dropMax: number;
  readonly ages: boolean;
  readonly rollsBack: boolean;
  readonly isMadeAnew: boolean;
  readonly losesQuorum: boolean;
  /** Whether connections break, edges die and clients do as they please. */
  readonly breaks: boolean;
  /** How often what has come from many clients is read in one turn, as after a storm, rather than one by one. */
  readonly bursts: number;
  /** How readily sockets send, against everything else. */
  readonly socketPace: number;
  readonly replicaPace: number;
  /** How readily events are published, against everything else. */
  readonly commitPace: number;
}

/** Each trouble is looked for among many small schedules that have it, besides those that have everything. */
export const SCENARIOS = {
  everything: {},
  'a lossy live path': {
    dropMax: 0.5,
    keepPerUser: 1_000,
    users: 1,
    clients: 4,
    edges: 1,
    replicas: 1,
    shards: 1,
    ages: false,
    isMadeAnew: false,
  },
  'expiring events': { ages: true, keepPerUser: 3, users: 1, shards: 1, isMadeAnew: false },
  'more events than are kept': {
    keepPerUser: 2,
    pageEventsMax: 3,
    eventBytes: 10,
    socketPace: 2,
    ages: false,
  },
  'a lost tail': { rollsBack: true, users: 1, shards: 1, clients: 2, steps: 150, keepPerUser: 1_000 },
  'a stream made anew': { isMadeAnew: true, losesQuorum: true, steps: 200 },
  'no quorum for a while': { losesQuorum: true, dropMax: 0, replicas: 3, replicaPace: 2 },
  'large events': { eventBytes: 200_000, users: 1, clients: 3, keepPerUser: 1_000, socketPace: 10 },
  'a herd': {
    clients: 24,
    users: 2,
    shards: 1,
    edges: 1,
    eventBytes: 10,
    bursts: 0.7,
    steps: 600,
  },
  'a herd in a busy shard': {
    clients: 64,
    users: 2,
    shards: 1,
    edges: 1,
    eventBytes: 10,
    bursts: 0.9,
    steps: 600,
    keepPerUser: 3,
    pageEventsMax: 2,
    rangeEventsMax: 1,
    commitPace: 60,
    ages: false,
    isMadeAnew: false,
    rollsBack: false,
  },
} as const satisfies Record<string, Partial<Scenario>>;
export type ScenarioName = keyof typeof SCENARIOS;
export const SCENARIO_NAMES = Object.keys(SCENARIOS) as readonly ScenarioName[];
const HERDS: readonly ScenarioName[] = ['a herd', 'a herd in a busy shard'];
const QUICK_NAMES = SCENARIO_NAMES.filter((name) => !HERDS.includes(name));
const HERD_EVERY = 40;

/** The scenario of a seed: each in turn, and now and then a herd, which takes long. */
export function scenarioOf(seed: number): ScenarioName {
  const herd = seed % HERD_EVERY === 0 ? HERDS[(seed / HERD_EVERY) % HERDS.length] : undefined;
  return herd ?? QUICK_NAMES[seed % QUICK_NAMES.length] ?? 'everything';
}

/** Draws a scenario: some schedules have every trouble, many have one or two, so that each is seen alone as well. */
export function drawScenario(random: Random, name: ScenarioName): Scenario {
  return {
    steps: 60 + random.below(240),
    users: 1 + random.below(2),
    clients: 1 + random.below(4),
    edges: 1 + random.below(2),
    shards: 1 + random.below(2),
    replicas: 1 + random.below(3),
    keepPerUser: random.pick([1, 2, 3, 5, 8, 1_000, 1_000]),
    pageEventsMax: random.pick([2, 3, 8, 100]),
    rangeEventsMax: random.pick([1, 4, 16, 100]),
    eventBytes: random.pick([10, 10, 10, 10, 120_000]),
    dropMax: random.pick([0, 0.1, 0.3, 0.7]),
    ages: random.chance(0.3),
    rollsBack: random.chance(0.15),
    isMadeAnew: random.chance(0.15),
    losesQuorum: random.chance(0.4),
    breaks: random.chance(0.7),
    bursts: 0.1,
    socketPace: random.pick([2, 10, 40]),
    replicaPace: random.pick([2, 10, 30]),
    commitPace: 12,
    ...SCENARIOS[name],
  };
}
