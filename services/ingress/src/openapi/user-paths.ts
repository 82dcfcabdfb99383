import { PAGE_BYTES_MAX } from '../history/history-reader.ts';
import { FRESH_HEADER, HISTORY_LIMIT_DEFAULT, HISTORY_LIMIT_MAX } from '../routes/history.ts';
import { examples } from './examples.ts';
import { problemResponses } from './problem-responses.ts';

const json = (schema: string, value: unknown) => ({
  'application/json': { schema: { $ref: `#/components/schemas/${schema}` }, example: value },
});
const user = { name: 'user', in: 'path', required: true, schema: { $ref: '#/components/schemas/UserId' } };

const publish = {
  operationId: 'publishEvents',
  tags: ['events'],
  summary: 'Publish events for a user',
  description:
    'Answers after a quorum has committed all events. They are checked before anything is published: a request with ' +
    'one bad event publishes none. Events of one user commit in the order of the requests that one process of the ' +
    'ingress receives. After `no_quorum` it is unknown whether the events will be committed: send the same ids again; a ' +
    'repeat within the log’s duplicate window (2 minutes unless configured otherwise) changes nothing. ' +
    'In binary mode the attributes come in `ce-*` headers (percent-encoded UTF-8) and the body is the data.',
  parameters: [
    user,
    {
      name: 'traceparent',
      in: 'header',
      description:
        'W3C trace context, which the publish continues. Where it is kept, events that have no `traceparent` of their own get one of this trace.',
      schema: { type: 'string' },
    },
  ],
  requestBody: {
    required: true,
    content: {
      'application/cloudevents+json': {
        schema: { $ref: '#/components/schemas/CloudEvent' },
        example: examples.event,
      },
      'application/cloudevents-batch+json': {
        schema: { type: 'array', maxItems: 1_000, items: { $ref: '#/components/schemas/CloudEvent' } },
        example: examples.batch,
      },
      'application/json': { schema: { $ref: '#/components/schemas/PlainEvent' }, example: examples.plain },
      '*/*': { schema: { description: 'Binary mode: the data as it is, with `ce-*` headers.' } },
    },
  },
  responses: {
    '200': { description: 'All events are committed.', content: json('Receipts', examples.receipts) },
    ...problemResponses(
      ...(['malformed_json', 'invalid_event', 'invalid_user', 'unauthorized', 'event_too_big'] as const),
      ...(['batch_too_long', 'body_too_big', 'unsupported_media_type', 'log_refused'] as const),
      ...(['overloaded', 'no_quorum', 'log_unavailable'] as const),
    ),
  },
};

const history = {
  operationId: 'readHistory',
  tags: ['events'],
  summary: 'Read a user’s history',
  description:
    'In commit order. Everything acknowledged before the request is in the answer, unless the log has no quorum: then ' +
    `the answer is what a replica has, and \`${FRESH_HEADER}\` is \`false\`. An answer has about ${PAGE_BYTES_MAX / 1024 / 1024} MiB of events at most: \`more\` tells.`,
  parameters: [
    user,
    {
      name: 'after',
      in: 'query',
      description: 'A position, or `earliest`.',
      schema: { type: 'string', default: 'earliest' },
    },
    {
      name: 'limit',
      in: 'query',
      schema: { type: 'integer', minimum: 1, maximum: HISTORY_LIMIT_MAX, default: HISTORY_LIMIT_DEFAULT },
    },
  ],
  responses: {
    '200': {
      description: 'A stretch of the history.',
      headers: {
        [FRESH_HEADER]: {
          description: '`false` if acknowledged events may be missing from the end.',
          schema: { enum: ['true', 'false'] },
        },
      },
      content: {
        'application/json': {
          schema: { $ref: '#/components/schemas/History' },
          examples: { complete: { value: examples.history }, gap: { value: examples.historyAfterGap } },
        },
      },
    },
    ...problemResponses(
      ...(['invalid_user', 'invalid_position', 'invalid_parameter', 'unauthorized', 'log_refused'] as const),
      ...(['overloaded', 'log_unavailable'] as const),
    ),
  },
};

const endSessions = {
  operationId: 'endSessions',
  tags: ['sessions'],
  summary: 'End a user’s sessions on every edge',
  description: 'Reaches the edges that are connected now. It does not keep the user from connecting again.',
  parameters: [user],
  responses: {
    '204': { description: 'The order has left.' },
    ...problemResponses('invalid_user', 'unauthorized', 'log_refused', 'overloaded', 'log_unavailable'),
  },
};

const security = [{ publisher: [] }];

/** The paths that publishers use. */
export const userPaths = {
  '/v1/users/{user}/events': { post: { ...publish, security }, get: { ...history, security } },
  '/v1/users/{user}/sessions': { delete: { ...endSessions, security } },
};
