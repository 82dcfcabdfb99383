/** One part of the validation. */
export interface Suite {
  /** As its folder under `tests/` is named; `unit` is the tests of the libraries and services. */
  readonly name: string;
  readonly title: string;
  /** What it must show, in a sentence. */
  readonly shows: string;
  /** Whether it leaves findings of its own; of the others only their tests count. */
  readonly hasFindings: boolean;
  /** What vitest is asked to run. */
  readonly vitestArgs: readonly string[];
  /** About how long it takes at scale `full` on two cores, for the estimate until a run has been measured. */
  readonly fullSeconds: number;
}

const tested = (name: string, title: string, fullSeconds: number, shows: string): Suite => ({
  name,
  title,
  shows,
  fullSeconds,
  hasFindings: false,
  vitestArgs: name === 'unit' ? ['--project', 'unit'] : [`tests/${name}/`],
});

const proven = (name: string, title: string, fullSeconds: number, shows: string): Suite => ({
  name,
  title,
  shows,
  fullSeconds,
  hasFindings: true,
  vitestArgs: [`tests/${name}/`],
});

/**
 * The whole validation, in the order in which it runs: what is quick and basic first, what takes long last. What is
 * about operating the system (traces, metrics, alerts, manifests, images) has no larger scale: `npm test` runs it whole.
 */
export const SUITES: readonly Suite[] = [
  tested('unit', 'Unit tests', 55, 'Libraries, services and tools, each by itself.'),
  tested('contract', 'Contracts', 150, 'Every port and interface against real NATS servers.'),
  tested('bridge', 'Guarantees', 80, 'G1 to G10 of PROTOCOL.md, one by one, end to end.'),
  tested('browser', 'Browser', 70, 'The console in a real Chromium, across reloads and a killed edge.'),
  proven(
    'simulation',
    'Simulation',
    60,
    'The delivery machines against a model of NATS under a simulated clock and network.',
  ),
  proven(
    'ordering',
    'Message ordering',
    165,
    'A million events and more, first in, first out, while leaders change.',
  ),
  proven('isolation', 'Isolation', 60, 'No event reaches anybody but its user, whatever is tried.'),
  proven('concurrency', 'Concurrency', 55, '500 users at once and 30 publishers, sessions coming and going.'),
  proven(
    'thread-safety',
    'Thread safety',
    210,
    '50 threads at once: no race, no deadlock, no stall, no leak.',
  ),
  proven(
    'chaos',
    'Chaos',
    300,
    'Disconnects, latency and corrupted bytes, while edges and NATS servers die.',
  ),
  proven('failover', 'Failover', 200, 'Loss, pause, partition and roll-over of every part.'),
  proven(
    'load-balancer',
    'Load balancer',
    85,
    'A real TCP balancer before the edges: reload, removal, flaps, idle timeouts.',
  ),
  proven('geography', 'Geography', 90, 'Three regions far apart; one is lost and comes back.'),
  proven('mobile', 'Mobile', 120, 'Slow and lossy networks, handovers, tunnels, a device asleep.'),
  proven('storms', 'Storms', 40, 'Thousands of clients come back at once.'),
  proven('slow-readers', 'Slow readers', 100, 'Readers that stop reading harm nobody and catch up.'),
  proven(
    'degradation',
    'Degradation',
    100,
    'What works without a dependency works, the rest says so and heals.',
  ),
  proven('input', 'Input', 135, 'Every frame and request, malformed in every way.'),
  proven(
    'performance',
    'Performance',
    50,
    'Throughput, latency and memory, beside the same machine without us.',
  ),
  proven('mutation', 'Mutation', 60, 'Every sabotaged build is caught by the suite that is named for it.'),
  proven('soak', 'Soak', 320, 'A steady rate with faults for long: nothing grows.'),
];
