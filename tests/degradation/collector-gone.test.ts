import {
  eventually,
  Evidence,
  judged,
  startBridge,
  startNats,
  SteadyLoad,
  TraceReceiver,
} from '@longspan/testkit';
import { expect, onTestFailed, test } from 'vitest';

const FAILING = 'telemetry.export_failing';
const WORKS = 'telemetry.export_works';
/** A batch is tried for 5 s before it counts as lost. */
const NOTICED_WITHIN_MS = 30_000;

test('with the trace collector gone, everything goes on, and each service says so once', async ({ task }) => {
  // Goal: telemetry costs nothing but telemetry. Method: every trace is kept and the collector dies under load; events
  // reach their device all the while; the collector comes back, and so do spans.
  await using collector = await TraceReceiver.start();
  await using nats = await startNats({ nodes: 1, backend: 'processes' });
  await using evidence = new Evidence('degradation', task.name);
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    LONGSPAN_TRACE_RATIO: '1',
    LONGSPAN_EVENTS_PER_USER: '1000000',
  };
  await using bridge = await startBridge({ nats, edges: 1, env });
  onTestFailed(() => console.log(bridge.logTail()));
  const services = [bridge.edge(0).service, bridge.service('ingress-0')];
  const said = (what: string) => services.map(({ log }) => log.split(what).length - 1);
  await using device = bridge.client('ada');
  await device.client.caughtUp();
  await using load = new SteadyLoad({ users: ['ada'], ratePerUser: 50, publish: bridge.publish });
  await load.flows(20);

  evidence.mark('collector gone');
  await collector.kill();
  await eventually(
    'both say that exporting fails',
    () => said(FAILING).every((times) => times > 0),
    NOTICED_WITHIN_MS,
  );
  await load.flows(50);
  await device.untilSeen(load.lastAcknowledged('ada'));
  expect(said(FAILING)).toEqual([1, 1]);

  evidence.mark('collector back');
  const backMs = Date.now();
  await collector.start();
  await eventually(
    'both say that it works',
    () => said(WORKS).every((times) => times > 0),
    NOTICED_WITHIN_MS,
  );
  const spans = await eventually('spans arrive', async () => {
    const found = await collector.named('edge', 'deliver ev.{shard}.{user}', backMs);
    return found.length > 0 && found;
  });
  evidence.promise({
    metric: 'Degradation, trace collector gone',
    requirement: 'delivery goes on; one line when it fails, one when it works again; then spans again',
    achieved: `lines: ${said(FAILING).join(', ')} and ${said(WORKS).join(', ')}; ${spans.length} deliveries traced since`,
    holds: said(FAILING).every((times) => times === 1) && said(WORKS).every((times) => times === 1),
  });
  evidence.audited('Degradation, trace collector gone: events', await judged(nats, load, [device]));
});
