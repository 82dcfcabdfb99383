import {
  FaultProxy,
  REGIONS,
  rttMs,
  startBridge,
  startNats,
  wayBetween,
  type Bridge,
  type Edge,
  type NatsCluster,
  type Random,
  type Region,
} from '@longspan/testkit';

/** Three regions with a NATS node and an edge each, and the networks between them. */
export interface World extends AsyncDisposable {
  readonly nats: NatsCluster;
  readonly bridge: Bridge;
  edgeIn(region: Region): Edge;
  /** Where a device in this region reaches the edges: its own region's first, then the others', from near to far. */
  urlsFrom(region: Region): readonly string[];
  /** The region's node hears no other node, and nobody reaches its edge any more. */
  lose(region: Region): Promise<void>;
  /** Resolves when the region's node has caught up. */
  heal(region: Region): Promise<void>;
}

/**
 * An edge knows its own region's NATS node only: the two are lost together.
 * @param home where the ingress is.
 */
export async function startWorld(home: Region, random: Random): Promise<World> {
  await using cleanup = new AsyncDisposableStack();
  const nats = cleanup.use(await startNats({ nodes: 3, backend: 'processes' }));
  const regionOfService = (service: string) =>
    service === 'ingress-0' ? home : regionOf(Number(service.slice(-1)));
  const bridge = cleanup.use(
    await startBridge({
      nats,
      edges: REGIONS.length,
      natsUrlsOf: (service) => nats.urls.slice(indexOf(regionOfService(service))).slice(0, 1),
      env: { LONGSPAN_HEARTBEAT_MS: '2000', LONGSPAN_EVENTS_PER_USER: '100000' },
    }),
  );

  // Streams are made while the world is still small: each takes an election, which is not what this is about.
  nats.impairRoutes((from, to) => wayBetween(regionOf(from), regionOf(to)));
  const ways = new Map<string, FaultProxy>();
  for (const from of REGIONS) {
    for (const to of REGIONS) {
      const port = Number(new URL(bridge.edge(indexOf(to)).url).port);
      const impairment = wayBetween(from, to);
      ways.set(`${from} ${to}`, cleanup.use(await FaultProxy.listen(() => port, { impairment, random })));
    }
  }
  const waysTo = (region: Region) => REGIONS.map((from) => way(from, region));
  const way = (from: Region, to: Region): FaultProxy => {
    const proxy = ways.get(`${from} ${to}`);
    if (!proxy) throw new RangeError(`no way from ${from} to ${to}`);
    return proxy;
  };

  const owned = cleanup.move();
  return {
    nats,
    bridge,
    edgeIn: (region) => bridge.edge(indexOf(region)),
    urlsFrom: (region) => nearestFirst(region).map((to) => `http://127.0.0.1:${way(region, to).port}`),
    lose: async (region) => {
      for (const proxy of waysTo(region)) proxy.blackhole();
      await nats.partition(indexOf(region));
    },
    heal: async (region) => {
      for (const proxy of waysTo(region)) proxy.restore();
      await nats.heal(indexOf(region));
      await nats.waitCurrent(indexOf(region));
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** NATS nodes and edges are numbered as the regions are. */
function regionOf(index: number): Region {
  const region = REGIONS[index];
  if (region === undefined) throw new RangeError(`no region ${index}`);
  return region;
}

function indexOf(region: Region): number {
  return REGIONS.indexOf(region);
}

function nearestFirst(from: Region): readonly Region[] {
  return REGIONS.toSorted((a, b) => rttMs(from, a) - rttMs(from, b));
}
