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
import { simulation } from './simulation-scenario.ts';
import type { Scenario } from './stage.ts';

/** A sabotage, and how it comes to light. */
export interface Case {
  /** The suites that catch it, by the same checks on larger runs. */
  readonly suites: readonly string[];
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
} as const satisfies Record<string, Scenario>;

export const CASES = {
  'drops-one-event': { suites: ['ordering', 'chaos', 'bridge'], scenario: 'stream', fault: 'lost' },
  'drops-one-event-and-mends-the-chain': { suites: ['ordering', 'chaos'], scenario: 'stream', fault: 'lost' },
  'drops-only-the-last-event': { suites: ['ordering', 'bridge'], scenario: 'stream', fault: 'lost' },
  'repeats-one-event': { suites: ['ordering', 'bridge'], scenario: 'stream', fault: 'repeatedOnWire' },
  'swaps-two-events': { suites: ['ordering', 'bridge'], scenario: 'stream', fault: 'outOfOrder' },
  'crosses-two-users': { suites: ['isolation', 'ordering'], scenario: 'stream', fault: 'crossed' },
  'forgets-the-chain-check': { suites: ['bridge', 'failover'], scenario: 'holeInTheLivePath', fault: 'lost' },
  'checks-no-tail': { suites: ['bridge', 'simulation'], scenario: 'lostTail', fault: 'lost' },
  'skips-the-barrier': { suites: ['simulation'], scenario: 'simulation', fault: 'simulation' },
  'accepts-a-stale-replica': { suites: ['simulation'], scenario: 'simulation', fault: 'simulation' },
  'is-caught-up-too-early': { suites: ['simulation'], scenario: 'simulation', fault: 'simulation' },
  'keeps-all-for-slow-readers': {
    suites: ['slow-readers', 'bridge'],
    scenario: 'stoppedReader',
    fault: 'unbounded',
  },
  'reuses-a-position-of-an-old-epoch': {
    suites: ['bridge', 'simulation'],
    scenario: 'foreignPosition',
    fault: 'lost',
  },
  'resumes-too-far': { suites: ['chaos', 'bridge'], scenario: 'stream', fault: 'lost' },
  'tells-no-gap': { suites: ['bridge', 'mobile'], scenario: 'longAbsence', fault: 'lost' },
  'tells-a-gap-too-many': { suites: ['chaos', 'ordering'], scenario: 'stream', fault: 'unjustifiedGaps' },
  'acknowledges-before-the-commit': {
    suites: ['failover', 'bridge'],
    scenario: 'ingressDiesUnheard',
    fault: 'notKept',
  },
  'forgets-event-ids': { suites: ['failover'], scenario: 'repeatedPublishes', fault: 'committedTwice' },
  'publishes-out-of-order': {
    suites: ['ordering', 'bridge'],
    scenario: 'repeatedPublishes',
    fault: 'publisherOrder',
  },
  'mixes-up-users-by-case': { suites: ['isolation', 'bridge'], scenario: 'namesakes', fault: 'crossed' },
  'believes-any-token': { suites: ['isolation', 'bridge'], scenario: 'forgedToken', fault: 'crossed' },
  'records-a-command-twice': { suites: ['bridge'], scenario: 'repeatedSend', fault: 'commandsRepeated' },
  'executes-a-command-twice': { suites: ['contract'], scenario: 'conversation', fault: 'commandsRepeated' },
  'loses-a-command': { suites: ['contract'], scenario: 'conversation', fault: 'commandsLost' },
  'works-on-without-a-lease': { suites: ['contract'], scenario: 'frozenWorker', fault: 'stragglers' },
  'leaves-a-run-without-an-end': { suites: ['contract'], scenario: 'conversation', fault: 'runLife' },
  'completes-a-tool-that-it-did-not-announce': {
    suites: ['contract'],
    scenario: 'conversation',
    fault: 'runLife',
  },
  'client-delivers-repeats': { suites: ['chaos', 'mobile'], scenario: 'takeOvers', fault: 'repeated' },
  'client-passes-holes': { suites: ['chaos'], scenario: 'droppingEdge', fault: 'lost' },
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
