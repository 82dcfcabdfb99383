import type { IncomingMessage } from 'node:http';

/**
 * Where a request goes: its path and query; undefined if its target is neither a path nor a URL. Any bytes may stand
 * there, and a path may look like a URL without a scheme, such as `//`.
 */
export function requestUrl({ url = '/' }: IncomingMessage): URL | undefined {
  return URL.parse(url.startsWith('/') ? `http://edge${url}` : url) ?? undefined;
}
