import { PUBLISH_EVENTS_MAX } from '@longspan/broker';
import { USER_ID_BYTES_MAX } from '@longspan/protocol';
import { ATTRIBUTE_NAME, URI_REFERENCE } from '../cloud-event/attributes.ts';
import { DEFAULT_SOURCE } from '../cloud-event/plain.ts';
import { PROBLEMS } from '../http/problems.ts';

const text = (description: string) => ({ type: 'string', minLength: 1, description });

/** The schemas of the OpenAPI document. */
export const schemas = {
  UserId: {
    type: 'string',
    minLength: 1,
    maxLength: USER_ID_BYTES_MAX,
    description: `1 to ${USER_ID_BYTES_MAX} bytes of UTF-8 without control characters.`,
    example: 'ada',
  },
  Position: {
    type: 'string',
    pattern: '^[0-9a-z]{1,24}-(0|[1-9][0-9]{0,15})$',
    description:
      'A place in a user’s stream, `<epoch>-<seq>`. Opaque: compare it with nothing, hand it back as it is.',
    example: 'dm0kcdnzlz8p-42',
  },
  CloudEvent: {
    type: 'object',
    description:
      'A CloudEvents 1.0 event in its JSON form. Other attributes are extensions: names of 1 to 20 characters of ' +
      '[a-z0-9], values text, booleans or 32-bit integers.',
    required: ['specversion', 'id', 'source', 'type'],
    properties: {
      specversion: { const: '1.0' },
      id: text('Unique within `source`. The same `source` and `id` again changes nothing.'),
      source: { ...text('Who published it, a URI reference.'), pattern: URI_REFERENCE.source },
      type: text('What happened.'),
      time: { type: 'string', format: 'date-time' },
      subject: text('What it is about.'),
      datacontenttype: text('The media type of the data; JSON if absent.'),
      dataschema: text('An absolute URI.'),
      data: { description: 'Any JSON value, handed on as it is, every digit of its numbers included.' },
      data_base64: {
        type: 'string',
        contentEncoding: 'base64',
        description: 'Binary data, instead of `data`.',
      },
      threadid: text('The conversation it belongs to.'),
      runid: text('The agent’s run it belongs to.'),
      attempt: { type: 'integer', minimum: 1, description: 'Which attempt at the run published it.' },
      traceparent: text('W3C trace context of its origin; filled in, if absent, where the trace is kept.'),
    },
    propertyNames: { anyOf: [{ pattern: ATTRIBUTE_NAME.source }, { enum: ['data', 'data_base64'] }] },
    additionalProperties: { type: ['string', 'boolean', 'integer'] },
  },
  PlainEvent: {
    type: 'object',
    description: `Completed by the server: \`id\` a random UUID (name your own to repeat it safely), \`source\` \`${DEFAULT_SOURCE}\`, \`time\` now.`,
    required: ['type'],
    properties: {
      type: text('What happened.'),
      data: { description: 'Any JSON value.' },
      id: text('Unique within `source`.'),
      source: { ...text('A URI reference.'), pattern: URI_REFERENCE.source },
      time: { type: 'string', format: 'date-time' },
      threadid: text('The conversation it belongs to.'),
      runid: text('The agent’s run it belongs to.'),
    },
    additionalProperties: false,
  },
  Receipts: {
    type: 'object',
    required: ['events'],
    properties: {
      events: {
        type: 'array',
        maxItems: PUBLISH_EVENTS_MAX,
        description: 'One for each event, in the order of the request.',
        items: {
          type: 'object',
          required: ['id', 'position', 'duplicate'],
          properties: {
            id: { type: 'string' },
            position: { $ref: '#/components/schemas/Position' },
            duplicate: {
              type: 'boolean',
              description:
                'True if the same `source` and `id` had been committed before; `position` is that one’s.',
            },
          },
          additionalProperties: false,
        },
      },
    },
    additionalProperties: false,
  },
  History: {
    type: 'object',
    required: ['events', 'next', 'more'],
    properties: {
      events: {
        type: 'array',
        items: {
          type: 'object',
          required: ['position', 'event'],
          properties: {
            position: { $ref: '#/components/schemas/Position' },
            event: { $ref: '#/components/schemas/CloudEvent' },
          },
          additionalProperties: false,
        },
      },
      next: { $ref: '#/components/schemas/Position' },
      more: {
        type: 'boolean',
        description: 'True if there are more events right now: ask again with `after=next`.',
      },
      gap: { $ref: '#/components/schemas/Gap' },
    },
    additionalProperties: false,
  },
  Gap: {
    type: 'object',
    description:
      'Events after `from` up to and including `to` can no longer be had: `expired` by age or by the number of events ' +
      'kept for a user; `reset`: the stream was made anew; `rewound`: the stream has lost its tail.',
    required: ['from', 'to', 'reason'],
    properties: {
      from: { $ref: '#/components/schemas/Position' },
      to: { $ref: '#/components/schemas/Position' },
      reason: { enum: ['expired', 'reset', 'rewound'] },
    },
    additionalProperties: false,
  },
  Problem: {
    type: 'object',
    description: 'RFC 9457. Match on `code`.',
    required: ['type', 'title', 'status', 'detail', 'code'],
    properties: {
      type: { type: 'string', format: 'uri', description: '`urn:longspan:problem:<code>`.' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string', description: 'What is wrong with this request, for people.' },
      code: { enum: Object.keys(PROBLEMS) },
    },
  },
} as const;
