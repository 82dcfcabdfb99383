import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { freePort } from '../net/free-port.ts';

const ALGORITHM = 'ES256';
const KEY_ID = 'key-1';
const TOKEN_LIFETIME = '1h';

/** An identity provider: signs tokens, and serves the key to check them with (`LONGSPAN_JWKS_URL`). */
export class KeyServer implements AsyncDisposable {
  /** Where the keys are, also while it is away. */
  readonly url: string;
  readonly #port: number;
  readonly #body: string;
  readonly #privateKey: CryptoKey;
  #server: Server | undefined;

  private constructor(port: number, body: string, privateKey: CryptoKey) {
    this.url = `http://127.0.0.1:${port}/keys`;
    this.#port = port;
    this.#body = body;
    this.#privateKey = privateKey;
  }

  static async start(): Promise<KeyServer> {
    const { publicKey, privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
    const key = { ...(await exportJWK(publicKey)), kid: KEY_ID, alg: ALGORITHM, use: 'sig' };
    const server = new KeyServer(await freePort(), JSON.stringify({ keys: [key] }), privateKey);
    await server.resume();
    return server;
  }

  /** A user's token; it can be signed while the server is away, too. */
  sign(user: string): Promise<string> {
    return new SignJWT()
      .setProtectedHeader({ alg: ALGORITHM, kid: KEY_ID })
      .setSubject(user)
      .setExpirationTime(TOKEN_LIFETIME)
      .sign(this.#privateKey);
  }

  /** Nobody listens any more. */
  async leave(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }

  /** Serves again at the same place. */
  async resume(): Promise<void> {
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(this.#body);
    });
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#server = server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.leave();
  }
}
