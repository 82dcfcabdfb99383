import { exportJWK, generateKeyPair, jwtVerify, SignJWT, type CryptoKey } from 'jose';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { publicKeys } from './public-keys.ts';

/** An identity provider whose answers a test decides on. */
class Provider implements AsyncDisposable {
  readonly url: URL;
  isWell = true;
  keys: readonly object[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`);
    server.on('request', (_, response) => {
      response.writeHead(this.isWell ? 200 : 500).end(JSON.stringify({ keys: this.keys }));
    });
  }

  static async start(): Promise<Provider> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Provider(server);
  }

  /** A new pair of keys, published under this id. */
  async publish(kid: string): Promise<CryptoKey> {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    this.keys = [{ ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' }];
    return privateKey;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

function sign(kid: string, key: CryptoKey): Promise<string> {
  return new SignJWT().setProtectedHeader({ alg: 'ES256', kid }).setSubject('ada').sign(key);
}

test('known keys go on counting while they cannot be fetched anew', async () => {
  // Goal: an outage of the identity provider turns nobody away. Method: keys that are to be refreshed each time.
  await using provider = await Provider.start();
  const token = await sign('first', await provider.publish('first'));
  const failures: unknown[] = [];
  const keys = publicKeys({ url: provider.url, refreshMs: 0, onStale: (error) => failures.push(error) });
  await jwtVerify(token, keys);
  provider.isWell = false;
  expect((await jwtVerify(token, keys)).payload.sub).toBe('ada');
  expect((await jwtVerify(token, keys)).payload.sub).toBe('ada');
  expect(failures).toHaveLength(2);
});

test('a key that is withdrawn counts no longer once the keys were due to be fetched anew', async () => {
  // Goal: being patient with outages is not being blind. Method: another key is published in place of the first.
  await using provider = await Provider.start();
  const token = await sign('first', await provider.publish('first'));
  const keys = publicKeys({ url: provider.url, refreshMs: 0, onStale: () => undefined });
  await jwtVerify(token, keys);
  const next = await provider.publish('next');
  await expect(jwtVerify(token, keys)).rejects.toThrow('no applicable key');
  expect((await jwtVerify(await sign('next', next), keys)).payload.sub).toBe('ada');
});
