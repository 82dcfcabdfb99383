import type { Polled, StreamState } from '@longspan/broker';
import { metrics } from '@opentelemetry/api';

/** How the streams are, for Prometheus; nothing is said of them while NATS does not say it. */
export function measureStreams(states: Pick<Polled<readonly StreamState[]>, 'latest'>): void {
  const meter = metrics.getMeter('longspan');
  const messages = meter.createObservableGauge('longspan.stream.messages', {
    description: 'Messages kept.',
    unit: '{message}',
  });
  const size = meter.createObservableGauge('longspan.stream.size', {
    description: 'Their bytes.',
    unit: 'By',
  });
  const replicas = meter.createObservableGauge('longspan.stream.replicas', {
    description: 'Replicas that are there and not behind, the leader included.',
  });
  const leader = meter.createObservableGauge('longspan.stream.leader', {
    description: '1 if there is a leader.',
  });
  meter.addBatchObservableCallback(
    (result) => {
      for (const state of states.latest ?? []) {
        const labels = { stream: state.stream };
        result.observe(leader, state.kind === 'led' ? 1 : 0, labels);
        if (state.kind === 'leaderless') continue;
        result.observe(messages, state.messages, labels);
        result.observe(size, state.bytes, labels);
        result.observe(replicas, state.replicas.filter(({ current }) => current).length, labels);
      }
    },
    [messages, size, replicas, leader],
  );
}
