import { openBroker, type Broker, type CommandReceipt } from '@longspan/broker';
import {
  NatsStopSignal,
  runAgent,
  runIdOf,
  type AgentNotice,
  type AgentOptions,
  type RunHandler,
} from '@longspan/agent';
import { parseSeq, parseUserId, SEQ_ZERO, type CloudEvent, type UserId } from '@longspan/protocol';
import { eventually, Service, startNats, type NatsCluster } from '@longspan/testkit';

const DECODER = new TextDecoder();
const PAGE = { events: 1_000, bytes: 4 * 1024 * 1024 };
const FIRST = parseSeq(1) ?? SEQ_ZERO;

/** A real NATS server or cluster, and a broker's ports on it. */
export class AgentWorld implements AsyncDisposable {
  readonly nats: NatsCluster;
  readonly broker: Broker;
  readonly #owned: AsyncDisposableStack;

  static async start(nodes: 1 | 3 = 1): Promise<AgentWorld> {
    await using cleanup = new AsyncDisposableStack();
    const nats = cleanup.use(await startNats({ nodes, backend: 'processes' }));
    const open = () =>
      openBroker({
        nats: { servers: nats.urls, name: 'test' },
        topology: {
          shards: 1,
          replicas: nodes,
          eventsPerUser: 100_000,
          retentionMs: 3_600_000,
          duplicateWindowMs: 120_000,
        },
      });
    // Healthy nodes may still take each other for offline when a stream is to be placed.
    const broker = cleanup.use(await eventually('the cluster takes streams', open));
    return new AgentWorld(nats, broker, cleanup.move());
  }

  private constructor(nats: NatsCluster, broker: Broker, owned: AsyncDisposableStack) {
    this.nats = nats;
    this.broker = broker;
    this.#owned = owned;
  }

  /** Sends a command as an edge would. */
  send(user: UserId, type: string, data: unknown, id: string, threadid?: string): Promise<CommandReceipt> {
    const time = new Date().toISOString();
    const command = { id, user, type, data, time, ...(threadid === undefined ? {} : { threadid }) };
    return this.broker.commands.send(command);
  }

  /** Follows what is committed for a user from now on. */
  watch(user: UserId): Watch {
    return new Watch(this, user);
  }

  /** Everything committed for a user, in order. */
  async committed(user: UserId): Promise<readonly CloudEvent[]> {
    const all: CloudEvent[] = [];
    for (let from = FIRST; ;) {
      const { events, remaining } = await this.broker.log.page(user, from, PAGE);
      all.push(...events.map(({ payload }) => parse(payload)));
      const next = parseSeq((events.at(-1)?.seq ?? 0) + 1);
      if (remaining === 0 || next === undefined) return all;
      from = next;
    }
  }

  /** Runs an agent in this process, with times that suit a test. */
  agent(handle: RunHandler, options: Partial<AgentOptions> = {}): RunningAgent {
    return new RunningAgent(this.broker, handle, options);
  }

  /** A worker as a process of its own, not started yet. */
  worker(name: string, env: Readonly<Record<string, string>> = {}): Service {
    return new Service({
      kind: 'agent',
      name,
      env: {
        LONGSPAN_MODE: 'development',
        LONGSPAN_NATS_URL: this.nats.urls.join(','),
        LONGSPAN_AGENT_ACK_WAIT_MS: '2000',
        ...env,
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }
}

/** An agent in this process and what it tells of itself. */
export class RunningAgent implements AsyncDisposable {
  readonly notices: AgentNotice[] = [];
  readonly #abort = new AbortController();
  readonly #done: Promise<void>;
  readonly #waiting = new Set<() => void>();

  constructor(broker: Broker, handle: RunHandler, options: Partial<AgentOptions>) {
    this.#done = runAgent({
      queue: broker.queue,
      publisher: broker.publisher,
      log: broker.log,
      stops: new NatsStopSignal(broker.nats),
      types: ['chat_message'],
      handle,
      worker: 'in-process',
      ackWaitMs: 2_000,
      drainMs: 10_000,
      random: () => 0,
      confirm: () => broker.nats.flush(),
      onNotice: (notice) => {
        this.notices.push(notice);
        for (const wake of this.#waiting) wake();
      },
      signal: this.#abort.signal,
      ...options,
    });
  }

  /** Resolves once a notice of the type has come, for the nth time. */
  noticed(type: AgentNotice['type'], times = 1): Promise<void> {
    return satisfied(
      this.#waiting,
      () => this.notices.filter((notice) => notice.type === type).length >= times,
    );
  }

  /** Ends it; resolves when it has drained. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#done;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** What a user's device would see, live. */
export class Watch implements Disposable {
  readonly events: CloudEvent[] = [];
  readonly #subscription: Disposable;
  readonly #waiting = new Set<() => void>();

  constructor(world: AgentWorld, user: UserId) {
    this.#subscription = world.broker.log.subscribe(user, ({ payload }) => {
      this.events.push(parse(payload));
      for (const wake of this.#waiting) wake();
    });
  }

  /** Resolves to the first event that fits, waiting for it if need be. */
  async until(fits: (event: CloudEvent) => boolean): Promise<CloudEvent> {
    await satisfied(this.#waiting, () => this.events.some(fits));
    const found = this.events.find(fits);
    if (found === undefined) throw new Error('unreachable');
    return found;
  }

  ended(runid: string): Promise<CloudEvent> {
    return this.until((event) => event.runid === runid && isTerminal(event));
  }

  [Symbol.dispose](): void {
    this.#subscription[Symbol.dispose]();
  }
}

let users = 0;

/** A user that no other test has. */
export function newUser(): UserId {
  const user = parseUserId(`user-${++users}-${process.pid}`);
  if (user === undefined) throw new Error('unreachable');
  return user;
}

export function runOf(user: UserId, commandId: string): string {
  return runIdOf(user, commandId);
}

export function isTerminal(event: CloudEvent): boolean {
  return event.type === 'agent_completed' || event.type === 'agent_failed';
}

/** One field of an event's data. */
export function field(event: CloudEvent | undefined, name: string): unknown {
  const data = event?.data;
  return typeof data === 'object' && data !== null
    ? Object.getOwnPropertyDescriptor(data, name)?.value
    : undefined;
}

/** The text that an attempt of a run has said. */
export function saidBy(events: readonly CloudEvent[], runid: string, attempt: number): string {
  return events
    .filter((event) => event.type === 'agent_output' && event.runid === runid && event.attempt === attempt)
    .map((event) => String(field(event, 'text')))
    .join('');
}

function parse(payload: Uint8Array): CloudEvent {
  const event: CloudEvent = JSON.parse(DECODER.decode(payload));
  return event;
}

function satisfied(waiting: Set<() => void>, condition: () => boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const wake = (): void => {
    if (!condition()) return;
    waiting.delete(wake);
    resolve();
  };
  waiting.add(wake);
  wake();
  return promise;
}
