import { problemResponses } from './problem-responses.ts';

type Properties = Readonly<Record<string, unknown>>;

const json = (required: Properties, example: unknown, optional: Properties = {}) => ({
  'application/json': {
    schema: {
      type: 'object',
      required: Object.keys(required),
      properties: { ...required, ...optional },
      additionalProperties: false,
    },
    example,
  },
});

/** The paths for operators, and those that only development mode has. */
export const servicePaths = {
  '/healthz': {
    get: {
      operationId: 'isAlive',
      tags: ['service'],
      summary: 'The process lives',
      responses: {
        '200': {
          description: 'It does.',
          content: json({ status: { const: 'alive' } }, { status: 'alive' }),
        },
        ...problemResponses(),
      },
    },
  },
  '/readyz': {
    get: {
      operationId: 'isReady',
      tags: ['service'],
      summary: 'It can serve',
      responses: {
        '200': { description: 'It can.', content: json({ status: { const: 'ready' } }, { status: 'ready' }) },
        ...problemResponses('not_ready'),
      },
    },
  },
  '/openapi.json': {
    get: {
      operationId: 'describe',
      tags: ['service'],
      summary: 'This document',
      responses: {
        '200': {
          description: 'OpenAPI 3.1.',
          content: { 'application/json': { schema: { type: 'object' } } },
        },
        ...problemResponses(),
      },
    },
  },
  '/dev/token': {
    get: {
      operationId: 'makeToken',
      tags: ['development'],
      summary: 'A token for the edges (development mode only)',
      parameters: [
        { name: 'user', in: 'query', required: true, schema: { $ref: '#/components/schemas/UserId' } },
      ],
      responses: {
        '200': {
          description: 'A JWT that is valid for an hour.',
          content: json({ token: { type: 'string' } }, { token: 'eyJhbGciOi…' }),
        },
        ...problemResponses('invalid_user', 'invalid_parameter', 'not_found'),
      },
    },
  },
  '/dev/config': {
    get: {
      operationId: 'readConfig',
      tags: ['development'],
      summary: 'What the console needs to know (development mode only)',
      responses: {
        '200': {
          description: 'Where things are.',
          content: json(
            {
              mode: { const: 'development' },
              edges: { type: 'array', items: { type: 'string', format: 'uri' } },
              publishToken: { type: 'string' },
            },
            { mode: 'development', edges: ['http://127.0.0.1:8081'], publishToken: 'dev-publish-token' },
            {
              traceUrl: {
                type: 'string',
                description: 'Where a trace can be looked at: `{traceId}` is in place of its id.',
              },
            },
          ),
        },
        ...problemResponses('not_found'),
      },
    },
  },
};
