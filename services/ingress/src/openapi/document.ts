import { operationsPaths } from './operations-paths.ts';
import { operationsSchemas } from './operations-schemas.ts';
import { schemas } from './schemas.ts';
import { servicePaths } from './service-paths.ts';
import { userPaths } from './user-paths.ts';

/** The API in OpenAPI 3.1. Tests hold it against the routes, the table of problems and real answers. */
export const openApiDocument = {
  openapi: '3.1.1',
  info: {
    title: 'Longspan ingress',
    version: '1',
    description:
      'How back ends publish events for users, read what was published and end sessions, and how the system is. Every answer but success is ' +
      '`application/problem+json` with a stable `code`. Paths that are not here are answered `not_found`.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/' }],
  tags: [
    { name: 'events' },
    { name: 'sessions' },
    { name: 'operations' },
    { name: 'service' },
    { name: 'development' },
  ],
  paths: { ...userPaths, ...operationsPaths, ...servicePaths },
  components: {
    securitySchemes: {
      publisher: { type: 'http', scheme: 'bearer', description: 'A publisher’s token.' },
      operator: { type: 'http', scheme: 'bearer', description: 'An operator’s token.' },
    },
    schemas: { ...schemas, ...operationsSchemas },
  },
} as const;
