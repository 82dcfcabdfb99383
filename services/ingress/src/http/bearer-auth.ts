import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Problem } from './problems.ts';

const BEARER = /^Bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/**
 * Checks the bearer tokens of somebody. Digests are compared, all of them every time, so that the time an answer takes
 * tells nothing about a token.
 */
export class BearerAuth {
  readonly #digests: readonly Buffer[];
  readonly #whose: string;

  /** @param whose of whom the tokens are, for people: `a publisher`. */
  constructor(tokens: readonly string[], whose: string) {
    this.#digests = tokens.map(digestOf);
    this.#whose = whose;
  }

  /** @throws Problem `unauthorized` unless the request carries one of the tokens. */
  check(headers: IncomingHttpHeaders): void {
    const token = BEARER.exec(headers.authorization ?? '')?.[1];
    if (token === undefined)
      throw new Problem('unauthorized', 'Send the header Authorization: Bearer <token>.');
    const digest = digestOf(token);
    const matches = this.#digests.filter((known) => timingSafeEqual(known, digest));
    if (matches.length === 0)
      throw new Problem('unauthorized', `This token does not belong to ${this.#whose}.`);
  }
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
