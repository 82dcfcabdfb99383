import { Polled, type CommandQueue, type Delivery } from '@longspan/broker';
import { metrics } from '@opentelemetry/api';
import type { AgentNotice } from './agent-notice.ts';

const POLL_MS = 10_000;
/** From an answer that is known to one that a language model thinks about for minutes, in seconds. */
const SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

type Outcome = 'completed' | 'failed' | 'stopped' | 'dead';
const OUTCOMES: Partial<Record<AgentNotice['type'], Outcome>> = {
  run_completed: 'completed',
  run_failed: 'failed',
  run_stopped: 'stopped',
  run_buried: 'dead',
};

/** What an agent counts of its work (docs/telemetry.md, Agent). */
export class AgentMetrics implements Disposable {
  readonly #meter = metrics.getMeter('longspan');
  readonly #commands = this.#meter.createCounter('longspan.agent.commands', {
    description: 'Commands that were finished with.',
  });
  readonly #redeliveries = this.#meter.createCounter('longspan.agent.redeliveries', {
    description: 'Commands that came again.',
  });
  readonly #duration = this.#meter.createHistogram('messaging.process.duration', {
    description: 'How long one attempt at a run took.',
    unit: 's',
    advice: { explicitBucketBoundaries: SECONDS },
  });
  readonly #backlog: Polled<number>;
  #runs = 0;

  /** @param name of the queue that it takes commands from. */
  constructor(queue: Pick<CommandQueue, 'backlog'>, name: string) {
    this.#redeliveries.add(0);
    for (const outcome of Object.values(OUTCOMES)) this.#commands.add(0, { outcome });
    this.#backlog = new Polled(() => queue.backlog(name), POLL_MS);
    this.#meter
      .createObservableGauge('longspan.agent.runs', { description: 'Runs under way.' })
      .addCallback((result) => result.observe(this.#runs));
    this.#meter
      .createObservableGauge('longspan.agent.backlog', {
        description: 'Commands that nobody has taken yet.',
      })
      .addCallback((result) => {
        if (this.#backlog.latest !== undefined) result.observe(this.#backlog.latest);
      });
  }

  /** An attempt at a run begins; what is returned is called at its end. */
  began({ attempt }: Delivery): () => void {
    const startedMs = performance.now();
    this.#runs += 1;
    if (attempt > 1) this.#redeliveries.add(1);
    return () => {
      this.#runs -= 1;
      this.#duration.record((performance.now() - startedMs) / 1_000);
    };
  }

  noticed({ type }: AgentNotice): void {
    const outcome = OUTCOMES[type];
    if (outcome !== undefined) this.#commands.add(1, { outcome });
  }

  [Symbol.dispose](): void {
    this.#backlog[Symbol.dispose]();
  }
}
