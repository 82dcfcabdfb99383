import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createParser } from 'eventsource-parser';
import type { BenchEvent } from '../../load/event.ts';
import type { Device, DeviceOptions, SystemClients } from '../clients.ts';
import { errorOf } from '../error-of.ts';
import { connectRedis, keeping } from '../redis-client.ts';
import { ENTRIES_PER_USER, EVENT_FIELD, READY, streamOf } from './stream.ts';

const RECONNECT_AFTER_MS = 10;

export const sseRedisClients: SystemClients = {
  async openPublisher({ brokerUrls: [url = ''] }) {
    const redis = await connectRedis(url);
    const kept = keeping(ENTRIES_PER_USER);
    return {
      publish: (user, event, settled) => {
        redis.xAdd(streamOf(user), '*', { [EVENT_FIELD]: JSON.stringify(event) }, kept).then(
          () => settled(),
          (error: unknown) => settled(errorOf(error)),
        );
      },
      [Symbol.asyncDispose]: async () => redis.destroy(),
    };
  },

  connect({ edgeUrls }, options) {
    return new SseDevice(edgeUrls, options);
  },
};

/** What an `EventSource` does, over several addresses: it comes back with the id of the last event that it had. */
class SseDevice implements Device {
  readonly #urls: readonly string[];
  readonly #options: DeviceOptions;
  readonly #life = new AbortController();
  #lastId: string | undefined;

  constructor(urls: readonly string[], options: DeviceOptions) {
    this.#urls = urls;
    this.#options = options;
    void this.#run();
  }

  async close(): Promise<void> {
    this.#life.abort();
  }

  async #run(): Promise<void> {
    const { signal } = this.#life;
    for (let attempt = this.#options.startAt; !signal.aborted; attempt += 1) {
      const wasLive = await this.#listen(`${this.#urls[attempt % this.#urls.length]}/`);
      if (wasLive) this.#options.lost();
      await sleep(RECONNECT_AFTER_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Resolves, when the connection has ended, to whether there was one. */
  #listen(url: string): Promise<boolean> {
    const { token, from, event, live } = this.#options;
    const after = this.#lastId ?? (from === 'earliest' ? '0-0' : undefined);
    const headers = {
      authorization: `Bearer ${token}`,
      ...(after === undefined ? {} : { 'last-event-id': after }),
    };
    return new Promise((resolve) => {
      const request = get(url, { headers, agent: false, signal: this.#life.signal }, (response) => {
        if (response.statusCode !== 200) {
          response.resume();
          return resolve(false);
        }
        const parser = createParser({
          onEvent: ({ event: type, id, data }) => {
            this.#lastId = id;
            if (type === READY) live();
            else event(JSON.parse(data) as BenchEvent);
          },
        });
        response.setEncoding('utf8').on('data', (text: string) => parser.feed(text));
        response.on('error', () => undefined);
        response.on('close', () => resolve(true));
      });
      request.on('error', () => resolve(false));
    });
  }
}
