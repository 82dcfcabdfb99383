import { freePort, Service, type NatsCluster } from '@longspan/testkit';

export const PUBLISH_TOKEN = 'test-publish-token';
export const JWT_SECRET = 'a secret of the tests, used nowhere else';

export interface PublishReceipt {
  readonly id: string;
  readonly position: string;
  readonly duplicate: boolean;
}

/** The ingress as a process of its own, in development mode unless told otherwise; resolves when it serves. */
export async function startIngress(
  nats: NatsCluster,
  env: Readonly<Record<string, string>> = {},
): Promise<IngressProcess> {
  const ingress = await prepareIngress(nats, env);
  await ingress.service.start();
  return ingress;
}

/** The same, not started yet. */
export async function prepareIngress(
  nats: NatsCluster,
  env: Readonly<Record<string, string>> = {},
): Promise<IngressProcess> {
  const port = await freePort();
  const service = new Service({
    kind: 'ingress',
    name: 'ingress-0',
    env: {
      LONGSPAN_MODE: 'development',
      LONGSPAN_JWT_SECRET: JWT_SECRET,
      LONGSPAN_NATS_URL: nats.urls.join(','),
      LONGSPAN_REPLICAS: String(nats.size),
      LONGSPAN_PUBLISH_TOKENS: PUBLISH_TOKEN,
      LONGSPAN_HOST: '127.0.0.1',
      LONGSPAN_PORT: String(port),
      ...env,
    },
  });
  return new IngressProcess(service, port);
}

export class IngressProcess implements AsyncDisposable {
  readonly service: Service;
  readonly port: number;

  constructor(service: Service, port: number) {
    this.service = service;
    this.port = port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Any request with the publisher's token. */
  request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${PUBLISH_TOKEN}`);
    return fetch(this.url + path, { ...init, headers });
  }

  /** A publish of any content type, whatever comes of it. */
  post(
    user: string,
    type: string,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    return this.request(`/v1/users/${encodeURIComponent(user)}/events`, {
      method: 'POST',
      headers: { 'content-type': type, ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  /** A publish that has to succeed. */
  async publish(user: string, ids: readonly string[]): Promise<readonly PublishReceipt[]> {
    const events = ids.map((id) => ({ specversion: '1.0', source: '/test', type: 'noted', id }));
    const response = await this.post(user, 'application/cloudevents-batch+json', events);
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
    return ((await response.json()) as { readonly events: readonly PublishReceipt[] }).events;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.service[Symbol.asyncDispose]();
  }
}

/** Status and code of a problem. */
export async function problemOf(response: Response): Promise<string> {
  const { code } = (await response.json()) as { readonly code: string };
  return `${response.status} ${code}`;
}
