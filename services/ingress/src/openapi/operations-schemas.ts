type Properties = Readonly<Record<string, unknown>>;

const object = (properties: Properties) => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
  additionalProperties: false,
});
const list = (items: unknown) => ({ type: 'array', items });
const orNull = (schema: unknown) => ({ anyOf: [schema, { type: 'null' }] });
const schema = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const number = (description: string) => ({ type: 'number', minimum: 0, description });
const count = (description?: string) => ({
  type: 'integer',
  minimum: 0,
  ...(description && { description }),
});
const text = { type: 'string' };
const flag = (description: string) => ({ type: 'boolean', description });
const time = { type: 'integer', description: 'Milliseconds since 1970.' };

const percentiles = orNull(schema('Percentiles'));

/** A process with what is known of it now. */
const report = (facts: Properties) =>
  object({
    name: text,
    version: text,
    startedMs: time,
    silentMs: count('How long ago it was heard last. After a minute it is left out.'),
    now: {
      ...orNull(
        object({
          natsConnected: flag('Its connection to NATS stands.'),
          memoryBytes: count('Resident.'),
          loopDelayMs: number('How late its event loop was: the 99th percentile of a second.'),
          ...facts,
        }),
      ),
      description: 'Null once it has been silent for some seconds.',
    },
  });

const publisher = {
  published: number('Events a second that were committed.'),
  failed: number('Events a second that came to nothing.'),
  publishMs: percentiles,
  waiting: count('Publishes that wait for their commit.'),
  retries: count('Since it started.'),
};

/** What `GET /v1/operations` tells; in TypeScript: `libs/protocol/src/operations.ts`. */
export const operationsSchemas = {
  Operations: {
    ...object({
      atMs: time,
      ingress: { type: 'string', description: 'The ingress that tells.' },
      connected: flag(
        'It has a connection to NATS. Without one it hears nothing, and silence means nothing.',
      ),
      totals: schema('Moment'),
      edges: list(
        report({
          sessions: schema('SessionCounts'),
          users: count('With a session on this edge.'),
          draining: flag('It sends its clients away, to go down.'),
          delivered: number('Events a second, as they happened.'),
          replayed: number('Events a second, from the log.'),
          bytesPerSecond: number('To sockets.'),
          deliveryMs: percentiles,
          outboxBytes: count('What waits for slow sockets.'),
          largestOutboxBytes: count('What waits for the slowest.'),
          gaps: count('Told since it started.'),
          violations: count('Events out of order, as clients reported them since it started. None is right.'),
        }),
      ),
      ingresses: list(report(publisher)),
      agents: list(
        report({
          ...publisher,
          runs: count('Under way.'),
          backlog: { ...orNull(count()), description: 'Commands that nobody has taken yet.' },
          completed: count('Runs since it started.'),
          failedRuns: count(),
          redeliveries: count('Commands that came again.'),
          dead: count('Commands that were given up.'),
        }),
      ),
      streams: { ...orNull(list(schema('Stream'))), description: 'Null while NATS does not say.' },
      gaps: list(
        object({
          edge: text,
          session: text,
          atMs: time,
          reason: { enum: ['expired', 'reset', 'rewound'] },
          from: schema('Position'),
          to: schema('Position'),
        }),
      ),
      slow: list(object({ edge: text, session: text, transport: text, state: text, outboxBytes: count() })),
    }),
    description:
      'The whole system, as this ingress has heard it. Rates and percentiles are those of the last five seconds.',
  },
  Moment: object({
    atMs: time,
    sessions: schema('SessionCounts'),
    published: number('Events a second that were committed.'),
    delivered: number('Events a second that were written to sockets as they happened.'),
    replayed: number('Events a second that were written to sockets from the log.'),
    deliveryMs: percentiles,
  }),
  SessionCounts: object({ joining: count(), replaying: count(), live: count(), lagging: count() }),
  Percentiles: {
    ...object({ p50: number('Half are faster.'), p90: number(''), p99: number('') }),
    description: 'In milliseconds, as exact as the buckets of a histogram.',
  },
  Stream: {
    anyOf: [
      object({
        kind: { const: 'led' },
        stream: text,
        leader: text,
        replicas: list(object({ name: text, current: flag('It is there and not behind.') })),
        messages: count(),
        bytes: count(),
      }),
      object({ kind: { const: 'leaderless' }, stream: text }),
    ],
    description: 'Without a leader it takes nothing, and nobody says how it is.',
  },
};
