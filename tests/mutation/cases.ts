import type { SabotageName } from '@longspan/testkit';
import { droppingEdge, takeOvers } from './client-scenarios.ts';
import { conversation, frozenWorker, repeatedSend } from './command-scenarios.ts';
import {
  foreignPosition,
  holeInTheLivePath,
  longAbsence,
  lostTail,
  stoppedReader,
  stream,
} from './delivery-scenarios.ts';
import { forgedToken, namesakes } from './isolation-scenarios.ts';
import { ingressDiesUnheard, repeatedPublishes } from './publishing-scenarios.ts';
import { simulatedHerd, simulatedRollback, simulation } from './simulation-scenario.ts';
import type { Scenario } from './stage.ts';

/** A sabotage, and how it comes to light. */
export interface Case {
  /**
   * The suite that catches it: a file below `tests`, which fails when it is run against the sabotaged build. A library
   * that passes holes is only shown by an edge that makes some, which is what this suite is for.
   */
  readonly suite: string;
  readonly scenario: keyof typeof SCENARIOS;
  /** The fault that the auditor must find, among others perhaps. */
  readonly fault: string;
}

/** The smallest runs. Each is made of the product itself as well, and must then be clean. */
export const SCENARIOS = {
  stream,
  holeInTheLivePath,
  lostTail,
  foreignPosition,
  longAbsence,
  stoppedReader,
  repeatedPublishes,
  ingressDiesUnheard,
  namesakes,
  forgedToken,
  repeatedSend,
  conversation,
  frozenWorker,
  takeOvers,
  droppingEdge,
  simulation,
  simulatedHerd,
  simulatedRollback,
} as const satisfies Record<string, Scenario>;

export const CASES = {
  'drops-one-event': { suite: 'bridge/g01-one-order', scenario: 'stream', fault: 'lost' },
  'drops-one-event-and-mends-the-chain': { suite: 'bridge/g01-one-order', scenario: 'stream', fault: 'lost' },
  'drops-only-the-last-event': { suite: 'bridge/g01-one-order', scenario: 'stream', fault: 'lost' },
  'repeats-one-event': { suite: 'bridge/g01-one-order', scenario: 'stream', fault: 'repeatedOnWire' },
  'swaps-two-events': { suite: 'bridge/g01-one-order', scenario: 'stream', fault: 'outOfOrder' },
  'crosses-two-users': { suite: 'bridge/g04-isolation', scenario: 'stream', fault: 'crossed' },
  'forgets-the-chain-check': { suite: 'bridge/g09-tail', scenario: 'holeInTheLivePath', fault: 'lost' },
  'checks-no-tail': { suite: 'bridge/g09-tail', scenario: 'lostTail', fault: 'lost' },
  'forgets-later-turns': { suite: 'simulation/simulation', scenario: 'simulation', fault: 'simulation' },
  'skips-the-barrier': { suite: 'simulation/simulation', scenario: 'simulation', fault: 'simulation' },
  'accepts-a-stale-replica': { suite: 'simulation/simulation', scenario: 'simulation', fault: 'simulation' },
  'is-caught-up-too-early': { suite: 'simulation/simulation', scenario: 'simulation', fault: 'simulation' },
  'believes-every-range': { suite: 'simulation/simulation', scenario: 'simulatedHerd', fault: 'simulation' },
  'does-not-see-a-lost-tail': {
    suite: 'simulation/simulation',
    scenario: 'simulatedRollback',
    fault: 'simulation',
  },
  'keeps-all-for-slow-readers': {
    suite: 'bridge/g08-bounded-memory',
    scenario: 'stoppedReader',
    fault: 'unbounded',
  },
  'reuses-a-position-of-an-old-epoch': {
    suite: 'bridge/g02-no-silent-loss',
    scenario: 'foreignPosition',
    fault: 'lost',
  },
  'resumes-too-far': { suite: 'bridge/g02-no-silent-loss', scenario: 'stream', fault: 'lost' },
  'tells-no-gap': { suite: 'bridge/g02-no-silent-loss', scenario: 'longAbsence', fault: 'lost' },
  'tells-a-gap-too-many': {
    suite: 'bridge/g02-no-silent-loss',
    scenario: 'stream',
    fault: 'unjustifiedGaps',
  },
  'acknowledges-before-the-commit': {
    suite: 'bridge/g05-durable-publish',
    scenario: 'ingressDiesUnheard',
    fault: 'notKept',
  },
  'forgets-event-ids': {
    suite: 'bridge/g05-durable-publish',
    scenario: 'repeatedPublishes',
    fault: 'committedTwice',
  },
  'publishes-out-of-order': {
    suite: 'bridge/g06-publisher-order',
    scenario: 'repeatedPublishes',
    fault: 'publisherOrder',
  },
  'mixes-up-users-by-case': { suite: 'bridge/g04-isolation', scenario: 'namesakes', fault: 'crossed' },
  'believes-any-token': { suite: 'bridge/g04-isolation', scenario: 'forgedToken', fault: 'crossed' },
  'records-a-command-twice': {
    suite: 'bridge/g07-durable-commands',
    scenario: 'repeatedSend',
    fault: 'commandsRepeated',
  },
  'executes-a-command-twice': {
    suite: 'contract/agent-worker',
    scenario: 'conversation',
    fault: 'commandsRepeated',
  },
  'loses-a-command': { suite: 'contract/agent-worker', scenario: 'conversation', fault: 'commandsLost' },
  'works-on-without-a-lease': {
    suite: 'contract/agent-worker',
    scenario: 'frozenWorker',
    fault: 'stragglers',
  },
  'leaves-a-run-without-an-end': {
    suite: 'contract/agent-worker',
    scenario: 'conversation',
    fault: 'runLife',
  },
  'completes-a-tool-that-it-did-not-announce': {
    suite: 'contract/agent-worker',
    scenario: 'conversation',
    fault: 'runLife',
  },
  'client-delivers-repeats': { suite: 'simulation/simulation', scenario: 'takeOvers', fault: 'repeated' },
  'client-passes-holes': { suite: 'mutation/mutation', scenario: 'droppingEdge', fault: 'lost' },
} as const satisfies Record<SabotageName, Case>;

/** The ones that no reader should have to take on trust, for when time is short. */
export const ESSENTIAL: readonly SabotageName[] = [
  'drops-one-event',
  'repeats-one-event',
  'swaps-two-events',
  'drops-only-the-last-event',
  'crosses-two-users',
  'forgets-the-chain-check',
  'skips-the-barrier',
  'accepts-a-stale-replica',
  'reuses-a-position-of-an-old-epoch',
  'acknowledges-before-the-commit',
];
