import { peerPackage } from './peer-packages.ts';

/** What the benchmark uses of the `redis` package. */
export interface RedisClient {
  connect(): Promise<unknown>;
  duplicate(): RedisClient;
  destroy(): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
  xAdd(stream: string, id: string, fields: Record<string, string>, options: AddOptions): Promise<string>;
  xRead(stream: { key: string; id: string }, options: ReadOptions): Promise<readonly StreamEntries[] | null>;
  xInfoStream(stream: string): Promise<{ readonly 'last-generated-id': string }>;
}

interface AddOptions {
  readonly TRIM: {
    readonly strategy: 'MAXLEN';
    readonly strategyModifier: '~';
    readonly threshold: number;
  };
}

interface ReadOptions {
  readonly COUNT: number;
  readonly BLOCK: number;
}

interface StreamEntries {
  readonly messages: readonly { readonly id: string; readonly message: Readonly<Record<string, string>> }[];
}

/** A connected client. */
export async function connectRedis(url: string): Promise<RedisClient> {
  const { createClient } = peerPackage('redis') as {
    createClient(options: { url: string }): RedisClient;
  };
  const client = createClient({ url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** About so many entries are kept; exact trimming costs more, and no documentation recommends it. */
export function keeping(entries: number): AddOptions {
  return { TRIM: { strategy: 'MAXLEN', strategyModifier: '~', threshold: entries } };
}
