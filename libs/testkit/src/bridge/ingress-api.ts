import { RefusedError } from '../steady-load.ts';

const ANSWER_WITHIN_MS = 20_000;

export interface PublishReceipt {
  readonly id: string;
  readonly position: string;
  readonly duplicate: boolean;
}

/** An event as a test writes it: the rest is added. */
interface PlainEvent {
  readonly id: string;
  readonly type: string;
  readonly source?: string;
  readonly data?: unknown;
}

/** The ingress' HTTP interface as a back end uses it. */
export class IngressApi {
  readonly url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.url = url;
    this.#token = token;
  }

  /**
   * Publishes a batch of events for a user. Rejects with a `RefusedError` if the ingress says that they are not
   * acceptable; any other error leaves open what became of them.
   */
  async publish(
    user: string,
    events: readonly PlainEvent[],
    signal?: AbortSignal,
  ): Promise<readonly PublishReceipt[]> {
    const timeout = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const answer = await this.request(`/v1/users/${encodeURIComponent(user)}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents-batch+json' },
      body: JSON.stringify(events.map((event) => ({ specversion: '1.0', source: '/test', ...event }))),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    const text = await answer.text();
    if (answer.ok) {
      const body: { readonly events: readonly PublishReceipt[] } = JSON.parse(text);
      return body.events;
    }
    const refused = answer.status >= 400 && answer.status < 500 && answer.status !== 429;
    throw new (refused ? RefusedError : Error)(`${answer.status} from the ingress: ${text}`);
  }

  /** Any request with the publisher's token. */
  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${this.#token}`);
    return fetch(new URL(path, this.url), { ...init, headers });
  }
}
