import type { Hub } from '@longspan/delivery';
import type { SlowSession } from '@longspan/protocol';
import { metrics } from '@opentelemetry/api';
import type { Connections } from '../connection/connections.ts';

/** So many slow sessions are shown to operators. */
const SLOW_SHOWN = 10;
const TRANSPORTS = ['websocket', 'sse'] as const;
const STATES = ['joining', 'replaying', 'live', 'lagging'] as const;

/** Who is here: counted when somebody asks. */
export class Census {
  readonly #connections: Connections;
  readonly #hub: Hub;

  /** @param isDraining whether the edge sends its clients away. */
  constructor(connections: Connections, hub: Hub, isDraining: () => boolean) {
    this.#connections = connections;
    this.#hub = hub;
    const meter = metrics.getMeter('longspan');
    const sessions = meter.createObservableGauge('longspan.edge.sessions', { description: 'Sessions now.' });
    const users = meter.createObservableGauge('longspan.edge.users', {
      description: 'Users with a session now.',
    });
    const draining = meter.createObservableGauge('longspan.edge.draining', {
      description: '1 while the edge sends its clients away.',
    });
    const outbox = meter.createObservableGauge('longspan.edge.outbox', {
      description: 'Bytes that wait for slow sockets, all together.',
      unit: 'By',
    });
    const largest = meter.createObservableGauge('longspan.edge.outbox.largest', {
      description: 'The most that waits for one.',
      unit: 'By',
    });
    meter.addBatchObservableCallback(
      (result) => {
        const count = this.#count();
        for (const transport of TRANSPORTS) {
          for (const state of STATES) {
            result.observe(sessions, count.sessions.get(`${transport} ${state}`) ?? 0, { transport, state });
          }
        }
        result.observe(users, this.#hub.users);
        result.observe(draining, isDraining() ? 1 : 0);
        result.observe(outbox, count.outboxBytes);
        result.observe(largest, count.largestBytes);
      },
      [sessions, users, draining, outbox, largest],
    );
  }

  /** The sessions for which the most bytes wait, the largest first. */
  slowest(): readonly SlowSession[] {
    const slow: SlowSession[] = [];
    for (const connection of this.#connections.all()) {
      const { id: session, transport, standing } = connection;
      if (standing !== undefined && standing.outboxBytes > 0) slow.push({ session, transport, ...standing });
    }
    return slow.toSorted((a, b) => b.outboxBytes - a.outboxBytes).slice(0, SLOW_SHOWN);
  }

  #count() {
    const sessions = new Map<string, number>();
    let outboxBytes = 0;
    let largestBytes = 0;
    for (const { transport, standing } of this.#connections.all()) {
      if (standing === undefined) continue;
      const kind = `${transport} ${standing.state}`;
      sessions.set(kind, (sessions.get(kind) ?? 0) + 1);
      outboxBytes += standing.outboxBytes;
      largestBytes = Math.max(largestBytes, standing.outboxBytes);
    }
    return { sessions, outboxBytes, largestBytes };
  }
}
