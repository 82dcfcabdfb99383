import { openBroker, tellStatus, type Broker } from '@longspan/broker';
import { Hub } from '@longspan/delivery';
import type { UserId } from '@longspan/protocol';
import { patiently, type Birth } from '@longspan/telemetry';
import type { EdgeConfig } from './config.ts';
import { Connections } from './connection/connections.ts';
import { TokenVerifier } from './connection/tokens.ts';
import type { ConnectionParts } from './connection/websocket-connection.ts';
import { CutOffWatch } from './cut-off.ts';
import { drainConnections } from './drain.ts';
import { eventLoop } from './event-loop.ts';
import { EdgeServer } from './http/server.ts';
import { Census } from './metrics/census.ts';
import { EdgeMetrics } from './metrics/edge-metrics.ts';
import { rehearse } from './rehearsal.ts';

/** The socket counts as drained when this part of the outbox is left. */
const OUTBOX_LOW_PART = 1 / 4;

/** What an edge is made from. */
type EdgeBirth = Pick<Birth<EdgeConfig>, 'config' | 'logger' | 'status'>;

/** A running edge. Disposing of it drains it: not ready, no new connections, clients sent away, then NATS. */
export class Edge implements AsyncDisposable {
  readonly #config: EdgeConfig;
  readonly #broker: Broker;
  readonly #hub: Hub;
  readonly #parts: ConnectionParts;
  readonly #connections: Connections;
  readonly #server: EdgeServer;
  readonly #control: Disposable;
  readonly #cutOff: Disposable;
  readonly #telling: Disposable;
  #draining = false;

  /** Connects to NATS, makes the streams if need be, and serves. Resolves when it listens. */
  static async start({ config, logger, status }: EdgeBirth): Promise<Edge> {
    logger.info({ nats: config.nats.servers.map((server) => new URL(server).host) }, 'edge.connecting');
    const { topology } = config;
    const nats = { ...config.nats, name: config.name };
    const broker = await patiently('open_broker', logger, () => openBroker({ nats, topology }));
    try {
      const edge = new Edge({ config, logger, status }, broker);
      await rehearse(edge.#parts);
      const port = await edge.#server.listen();
      logger.info({ host: config.host, port }, 'edge.ready');
      return edge;
    } catch (error) {
      await broker[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor({ config, logger, status }: EdgeBirth, broker: Broker) {
    const metrics = new EdgeMetrics();
    const { outboxBytesMax } = config.limits;
    this.#config = config;
    this.#broker = broker;
    this.#hub = new Hub({
      log: broker.log,
      scheduler: eventLoop,
      outbox: { bytesMax: outboxBytesMax, bytesLow: Math.floor(outboxBytesMax * OUTBOX_LOW_PART) },
      syncIntervalMs: config.syncIntervalMs,
      observer: metrics.hub,
    });
    this.#connections = new Connections(config.heartbeatMs);
    const census = new Census(this.#connections, this.#hub, () => this.#draining);
    this.#telling = tellStatus(broker.status, async () => {
      return { ...(await status()), gaps: metrics.hub.latestGaps, slow: census.slowest() };
    });
    this.#control = broker.control.onEndSessions((user) => this.#endSessions(user));
    broker.log.notices(({ type, ...fields }) => logger.info({ notice: type, ...fields }, 'edge.log_notice'));
    this.#cutOff = new CutOffWatch(broker.log, () => {
      logger.warn({ sessions: this.#connections.size }, 'edge.cut_off');
      this.#sendAway();
    });
    this.#parts = {
      hub: this.#hub,
      commands: broker.commands,
      tokens: new TokenVerifier(config.tokens, logger),
      logger,
      limits: config.limits,
      edge: config.name,
      heartbeatMs: config.heartbeatMs,
      metrics,
    };
    this.#server = new EdgeServer({
      host: config.host,
      port: config.port,
      origins: config.origins,
      killable: config.mode === 'development',
      parts: this.#parts,
      connections: this.#connections,
      isReady: () => !this.#draining && broker.log.connected,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#draining) return;
    this.#draining = true;
    this.#cutOff[Symbol.dispose]();
    this.#server.stopAccepting();
    await drainConnections(this.#connections, this.#config.drainMs);
    this.#connections[Symbol.dispose]();
    this.#control[Symbol.dispose]();
    this.#telling[Symbol.dispose]();
    await this.#hub[Symbol.asyncDispose]();
    await this.#broker[Symbol.asyncDispose]();
  }

  /** Asks every client to go elsewhere, at a moment of its own. Whoever finds no place stays. */
  #sendAway(): void {
    for (const connection of this.#connections.all()) connection.drain(this.#config.drainMs);
  }

  #endSessions(user: UserId): void {
    for (const { id } of this.#hub.sessionsOf(user)) this.#connections.find(id)?.close('session_ended');
  }
}
