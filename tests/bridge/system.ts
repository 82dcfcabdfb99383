import { startBridge, startNats, type Bridge, type BridgeOptions, type NatsCluster } from '@longspan/testkit';
import { onTestFailed } from 'vitest';

export interface System extends AsyncDisposable {
  readonly nats: NatsCluster;
  readonly bridge: Bridge;
}

/** One NATS server as a process, and the services over it; what they logged is shown if the test fails. */
export async function startSystem(options: Omit<BridgeOptions, 'nats'> = {}): Promise<System> {
  await using cleanup = new AsyncDisposableStack();
  const nats = cleanup.use(await startNats({ nodes: 1, backend: 'processes' }));
  const bridge = cleanup.use(await startBridge({ nats, ...options }));
  onTestFailed(() => console.log(bridge.logTail()));
  const owned = cleanup.move();
  return { nats, bridge, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
