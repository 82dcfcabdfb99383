import type { Operations, ProcessFacts, PublisherFacts, StreamReport } from '@longspan/protocol';
import { amount, latency, timeSpan } from './figures.ts';

/** Something that whoever is on call should know, in a sentence. */
export interface Attention {
  /** What it is about: the same as long as it lasts, while the sentence tells seconds and numbers. */
  readonly about: string;
  /** `bad` breaks a promise or is about to; `warn` is worth a look; `note` explains. */
  readonly weight: 'bad' | 'warn' | 'note';
  readonly text: string;
}

/** What is promised: events reach sockets within a second. */
const DELIVERED_WITHIN_MS = 1_000;
/** So late that people notice; a moment's garbage collection is not. */
const LOOP_LATE_MS = 200;
const BACKLOG_LONG = 20;

const WEIGHTS = ['bad', 'warn', 'note'] as const;

/** What stands out, the worst first; nothing where all is well. */
export function attentionsOf(operations: Operations): readonly Attention[] {
  const { connected, ingress } = operations;
  if (!connected) {
    return [bad(ingress, `${ingress} has no connection to NATS, and hears nothing from anybody.`)];
  }
  const found = [
    ...ofSystem(operations),
    ...(operations.streams ?? []).flatMap(ofStream),
    ...operations.edges.flatMap(ofEdge),
    ...operations.ingresses.flatMap((report) => ofPublisher(report)),
    ...operations.agents.flatMap(ofAgent),
  ];
  return found.toSorted((a, b) => WEIGHTS.indexOf(a.weight) - WEIGHTS.indexOf(b.weight));
}

function ofSystem({ totals, streams, edges }: Operations): readonly Attention[] {
  const p99 = totals.deliveryMs?.p99 ?? 0;
  return [
    ...(p99 > DELIVERED_WITHIN_MS
      ? [
          bad(
            'deliveries',
            `One delivery in a hundred takes ${latency(p99)} or longer; 1 s is what is promised.`,
          ),
        ]
      : []),
    ...(streams === null ? [bad('NATS', 'NATS does not say how the streams are.')] : []),
    ...(edges.length === 0 ? [bad('edges', 'No edge is heard: nobody can connect.')] : []),
  ];
}

function ofStream(stream: StreamReport): readonly Attention[] {
  if (stream.kind === 'leaderless')
    return [bad(stream.stream, `${stream.stream} has no leader, and takes nothing.`)];
  const behind = stream.replicas.filter(({ current }) => !current).map(({ name }) => name);
  if (behind.length === 0) return [];
  return [
    warn(
      stream.stream,
      `${stream.stream}: ${behind.join(', ')} ${behind.length === 1 ? 'is' : 'are'} away or behind.`,
    ),
  ];
}

function ofEdge(edge: Operations['edges'][number]): readonly Attention[] {
  const { name, now } = edge;
  if (now === null) return [silent(edge)];
  const { lagging } = now.sessions;
  return [
    ...ofProcess(name, now),
    ...(now.violations > 0
      ? [bad(name, `Clients of ${name} have seen an event out of order ${times(now.violations)}.`)]
      : []),
    ...(lagging > 0
      ? [
          warn(
            name,
            `${amount(lagging)} ${lagging === 1 ? 'session' : 'sessions'} of ${name} cannot keep up.`,
          ),
        ]
      : []),
    ...(now.draining ? [note(name, `${name} sends its clients away, to go down.`)] : []),
  ];
}

function ofPublisher(report: Operations['ingresses'][number]): readonly Attention[] {
  const { name, now } = report;
  return now === null ? [silent(report)] : [...ofProcess(name, now), ...ofFailures(name, now)];
}

function ofAgent(agent: Operations['agents'][number]): readonly Attention[] {
  const { name, now } = agent;
  if (now === null) return [silent(agent)];
  const backlog = now.backlog ?? 0;
  return [
    ...ofProcess(name, now),
    ...ofFailures(name, now),
    ...(now.dead > 0 ? [warn(name, `${name} has given up ${amount(now.dead)} of its commands.`)] : []),
    ...(backlog >= BACKLOG_LONG ? [warn('commands', `${amount(backlog)} commands wait for an agent.`)] : []),
  ];
}

function ofProcess(name: string, { natsConnected, loopDelayMs }: ProcessFacts): readonly Attention[] {
  return [
    ...(natsConnected ? [] : [bad(name, `${name} has no connection to NATS.`)]),
    ...(loopDelayMs > LOOP_LATE_MS
      ? [warn(name, `${name} is busy: its event loop is ${latency(loopDelayMs)} late.`)]
      : []),
  ];
}

function ofFailures(name: string, { failed }: PublisherFacts): readonly Attention[] {
  return failed > 0 ? [bad(name, `${name} fails to publish ${amount(failed)} events a second.`)] : [];
}

function silent({ name, silentMs }: { readonly name: string; readonly silentMs: number }): Attention {
  return bad(name, `${name} has been silent for ${timeSpan(silentMs)}.`);
}

function times(count: number): string {
  return count === 1 ? 'once' : `${amount(count)} times`;
}

const bad = (about: string, text: string): Attention => ({ weight: 'bad', about, text });
const warn = (about: string, text: string): Attention => ({ weight: 'warn', about, text });
const note = (about: string, text: string): Attention => ({ weight: 'note', about, text });
