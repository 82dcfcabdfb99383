import type { IncomingMessage } from 'node:http';
import { requestUrl } from './request-url.ts';

const BEARER = /^Bearer +([^\s]+) *$/i;

/** The token of a request: from `Authorization`, else `?access_token=`, which an EventSource cannot do without. */
export function bearerToken(request: IncomingMessage): string | undefined {
  const header = BEARER.exec(request.headers.authorization ?? '')?.[1];
  return header ?? requestUrl(request)?.searchParams.get('access_token') ?? undefined;
}
