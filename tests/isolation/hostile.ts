import { JWT_AUDIENCE, JWT_ISSUER, JWT_SECRET, type Bridge, type Random } from '@longspan/testkit';
import { SignJWT } from 'jose';
import { BAD_TOKENS } from './bad-tokens.ts';

const CLOSED_WITHIN_MS = 20_000;
const RAIDS_AT_ONCE = 8;
const SHORT_LIVED_MS = 1_500;
/** The crowd among which the attempts are made; its events' ids begin with their user and this. */
export const CROWD = 'isolated';

/** One attempt to get at another user's events, and how it was answered. */
export interface Attempt {
  readonly how: string;
  readonly expected: string;
  readonly answered: string;
  /** Events that came all the same. */
  readonly seen: number;
}

/** Who does it to whom, and where. */
interface Drawn {
  readonly victim: string;
  readonly attacker: string;
  readonly edge: number;
}

/** Tries bad tokens, and good ones of others in a session of its own, at edges and ingress. */
export class Hostile {
  readonly #bridge: Bridge;
  readonly #users: readonly string[];
  readonly #random: Random;

  constructor(bridge: Bridge, users: readonly string[], random: Random) {
    this.#bridge = bridge;
    this.#users = users;
    this.#random = random;
  }

  /** Every kind of attempt once, each with a victim and an attacker drawn anew. */
  async round(): Promise<readonly Attempt[]> {
    const raids = Object.entries(BAD_TOKENS).map(([how, forge]) => ({ how, forge, ...this.#draw() }));
    const attempts: Attempt[] = [];
    for (let at = 0; at < raids.length; at += RAIDS_AT_ONCE) {
      const together = raids.slice(at, at + RAIDS_AT_ONCE).map(async ({ how, forge, ...who }) => {
        const token = await forge(who.victim, who.attacker);
        return Promise.all([
          this.#connect(how, who, token),
          this.#read(how, who, token),
          this.#renew(how, who, token, '4401 unauthorized'),
        ]);
      });
      attempts.push(...(await Promise.all(together)).flat());
    }
    const who = this.#draw();
    const others = await this.#bridge.token(who.victim);
    const inSession = 'swapped: a good token of somebody else in a session';
    attempts.push(
      ...(await Promise.all([
        this.#renew(inSession, who, others, '4403 forbidden'),
        this.#outlive(who.attacker),
        this.#publish(who.victim, others),
        this.#publish(who.victim, this.#bridge.publishToken.slice(0, -1)),
      ])),
    );
    return attempts;
  }

  /** A WebSocket with the token. */
  async #connect(how: string, { victim, edge }: Drawn, token: string): Promise<Attempt> {
    await using client = (await this.#bridge.rawClient(victim, { token, startAt: edge })).start();
    await client.until('is turned away', () => client.closes.length > 0, CLOSED_WITHIN_MS);
    const [code] = client.closes;
    const error = client.errors.at(-1);
    const seen = client.seen.length + client.framesOf('welcome');
    return { how: `WebSocket, ${how}`, expected: '4401 unauthorized', answered: `${code} ${error}`, seen };
  }

  /** Server-Sent Events with the token. */
  async #read(how: string, { edge }: Drawn, token: string): Promise<Attempt> {
    const url = `${this.#bridge.edge(edge).url}/v1/events?after=earliest&access_token=${encodeURIComponent(token)}`;
    const answer = await fetch(url, { signal: AbortSignal.timeout(CLOSED_WITHIN_MS) });
    const text = answer.status === 200 ? '' : await answer.text();
    if (answer.status === 200) await answer.body?.cancel();
    return {
      how: `SSE, ${how}`,
      expected: '401 application/problem+json unauthorized',
      answered: `${answer.status} ${answer.headers.get('content-type')} ${codeOf(text)}`,
      seen: answer.status === 200 ? 1 : 0,
    };
  }

  /** An attacker's own session that takes up the token. */
  async #renew(how: string, { attacker }: Drawn, token: string, expected: string): Promise<Attempt> {
    await using client = await this.#bridge.rawClient(attacker, { from: 'latest' });
    await client.connect();
    client.send({ type: 'auth', token });
    await client.until('is turned away', () => client.closes.length > 0, CLOSED_WITHIN_MS);
    const answered = `${client.closes[0]} ${client.errors.at(-1)}`;
    // Whatever it saw was its own: the audit of the stream says whose the events are by their ids.
    const seen = client.seen.filter(
      (entry) => entry.kind === 'event' && !entry.id.startsWith(`${attacker}-${CROWD}-`),
    );
    return { how: `renewal, ${how}`, expected, answered, seen: seen.length };
  }

  /** A session that stays longer than its token. */
  async #outlive(user: string): Promise<Attempt> {
    const token = await new SignJWT()
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(user)
      .setAudience(JWT_AUDIENCE)
      .setIssuer(JWT_ISSUER)
      .setExpirationTime(new Date(Date.now() + SHORT_LIVED_MS))
      .sign(new TextEncoder().encode(JWT_SECRET));
    await using client = await this.#bridge.rawClient(user, { token, from: 'latest' });
    client.start();
    await client.until('is turned away', () => client.closes.length > 0, CLOSED_WITHIN_MS);
    return {
      how: 'expired: in the middle of a session',
      expected: '4419',
      answered: String(client.closes[0]),
      seen: 0,
    };
  }

  /** Publishing with a token that is no publisher's. */
  async #publish(victim: string, token: string): Promise<Attempt> {
    const answer = await fetch(
      new URL(`/v1/users/${encodeURIComponent(victim)}/events`, this.#bridge.ingress.url),
      {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ type: 'forged', id: `forged-${this.#random.next()}` }),
        signal: AbortSignal.timeout(CLOSED_WITHIN_MS),
      },
    );
    return {
      how: 'publishing with a token that is no publisher’s',
      expected: '401 unauthorized',
      answered: `${answer.status} ${codeOf(await answer.text())}`,
      seen: 0,
    };
  }

  #draw(): Drawn {
    const victim = this.#random.pick(this.#users);
    const attacker = this.#random.pick(this.#users.filter((user) => user !== victim));
    return { victim, attacker, edge: this.#random.below(this.#bridge.edges.length) };
  }
}

function codeOf(problem: string): string {
  try {
    const document: unknown = JSON.parse(problem);
    return typeof document === 'object' && document !== null && 'code' in document
      ? String(document.code)
      : '';
  } catch {
    return 'no problem document';
  }
}
