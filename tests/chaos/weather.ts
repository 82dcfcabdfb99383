import {
  bothWays,
  FaultProxy,
  scaled,
  TlsTerminator,
  TlsWebSocket,
  type Bridge,
  type Disconnects,
  type Drop,
  type Random,
} from '@longspan/testkit';
import type { NatsLinks } from './nats-links.ts';

/** Bytes are between 100 and 500 ms on their way, each way. */
const FAR = { latencyMs: 300, jitterMs: 200 };
/** Of all connections, in each period this share is dropped, in one of three ways. */
const DROPPED_MIN = 0.2;
const DROPPED_MAX = 0.5;
const PERIOD_MS = 5_000;
/** A silent one is noticed after heartbeats, and during a handshake only after ten seconds: there are fewer of these. */
const DROPS: readonly Drop[] = ['reset', 'reset', 'end', 'end', 'silence'];
/**
 * The share of bytes that arrive with a bit changed. Each costs a connection, and a device that has fallen behind must
 * get more by each connection than is published meanwhile: a run that lasts corrupts less, a short one must see one.
 */
const CORRUPTION = scaled({ short: 1e-4, quick: 1e-4, full: 1e-5, long: 1e-5 });

/** The networks between devices and edges, publisher and ingress, services and NATS, all bad at once. */
export interface Weather extends AsyncDisposable {
  /** Where devices reach the edges by TLS; bytes are corrupted on the way. Together with `TlsWebSocket`. */
  readonly tlsUrls: readonly string[];
  /** Where devices reach the edges without TLS; nothing is corrupted. */
  readonly plainEndpoints: readonly string[];
  /** Where the publisher reaches the ingress. */
  readonly ingressUrl: string;
  /** Draws a new share of connections to be dropped, and returns it in per cent. */
  change(): number;
  /** Nothing more is dropped or corrupted; the ways stay as long, and what is dark stays dark. */
  ease(): void;
  readonly corruptedBytes: number;
}

/** Puts the weather before every edge of the bridge, before its ingress, and on the links to NATS until its end. */
export async function badWeather(bridge: Bridge, links: NatsLinks, random: Random): Promise<Weather> {
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => links.mend());
  const open = async (port: number) => cleanup.use(await FaultProxy.listen(() => port, { random }));
  const corrupting: FaultProxy[] = [];
  const sparing: FaultProxy[] = [];
  for (const edge of bridge.edges) {
    const terminator = cleanup.use(await TlsTerminator.listen(portOf(edge.url)));
    corrupting.push(await open(terminator.port));
    sparing.push(await open(portOf(edge.url)));
  }
  const publisher = await open(portOf(bridge.ingress.url));
  const change = () => {
    const share = DROPPED_MIN + random.next() * (DROPPED_MAX - DROPPED_MIN);
    const disconnects: Disconnects = { everyMs: PERIOD_MS, share, drops: DROPS };
    for (const proxy of sparing) proxy.impair({ ...bothWays(FAR), disconnects });
    for (const proxy of corrupting)
      proxy.impair({ ...bothWays({ ...FAR, corruption: CORRUPTION }), disconnects });
    // A publish whose answer never comes is repeated after 20 s, which would be most of a short run.
    publisher.impair({ ...bothWays(FAR), disconnects: { ...disconnects, drops: ['reset', 'end'] } });
    links.worsen(share);
    return Math.round(share * 100);
  };
  const ease = () => {
    for (const proxy of [...sparing, ...corrupting, publisher]) proxy.impair(bothWays(FAR));
    links.mend();
  };
  const owned = cleanup.move();
  return {
    tlsUrls: corrupting.map(({ port }) => `https://127.0.0.1:${port}`),
    plainEndpoints: sparing.map(({ port }) => `ws://127.0.0.1:${port}/v1/ws`),
    ingressUrl: `http://127.0.0.1:${publisher.port}`,
    change,
    ease,
    get corruptedBytes() {
      return corrupting.reduce((sum, proxy) => sum + proxy.corruptedBytes, 0);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** What a client by the library is given to connect through the weather, beginning at the edge of this number. */
export function overTls(weather: Weather, startAt: number) {
  return { urls: weather.tlsUrls, startAt: startAt % weather.tlsUrls.length, WebSocket: TlsWebSocket };
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
