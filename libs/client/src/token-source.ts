import { readClaims, renewAtMs } from './token.ts';

export type TokenOption = string | (() => string | Promise<string>);

export interface HeldToken {
  readonly token: string;
  readonly user: string | undefined;
  readonly renewAt: number | undefined;
}

/** Where tokens come from: one string, or a callback that is asked again when the last token will not do. */
export class TokenSource {
  readonly renewable: boolean;
  readonly #option: TokenOption;
  #held: HeldToken | undefined;

  constructor(option: TokenOption) {
    this.#option = option;
    this.renewable = typeof option === 'function';
  }

  /** The last token while it is good, else a new one. `fresh`: the last one was refused. */
  async get(fresh: boolean, now: number): Promise<HeldToken> {
    const held = this.#held;
    if (held !== undefined && !fresh && (held.renewAt === undefined || now < held.renewAt)) return held;
    const token = typeof this.#option === 'string' ? this.#option : await this.#option();
    if (typeof token !== 'string' || token === '') throw new TypeError('the token callback gave no token');
    const claims = readClaims(token);
    this.#held = { token, user: claims.user, renewAt: renewAtMs(claims, now) };
    return this.#held;
  }
}
