import {
  Evidence,
  FaultProxy,
  IngressApi,
  judged,
  scaled,
  startBridge,
  startNats,
  SteadyLoad,
} from '@longspan/testkit';
import { expect, onTestFailed, test } from 'vitest';
import { conclude, timings } from './conclude.ts';

const ROUNDS = scaled({ short: 3, quick: 3, full: 15, long: 300 });

test('an ingress killed between commit and answer neither loses nor doubles what it has committed', async ({
  task,
}) => {
  // Goal: who repeats a publish whose answer was lost, with the same id, gets the position of before (G5, G6).
  // Method: a relay before the ingress swallows answers; when the event is at a reader, so that it is committed, the
  // ingress is killed; a new one is asked the same again. A steady load suffers the same all the while.
  await using nats = await startNats({ nodes: 3 });
  task.meta.backend = nats.backend;
  await using evidence = new Evidence('failover', task.name);
  await using bridge = await startBridge({ nats, env: { LONGSPAN_EVENTS_PER_USER: '1000000' } });
  onTestFailed(() => console.log(bridge.logTail()));
  const ingress = bridge.service('ingress-0');
  const ingressPort = Number(new URL(bridge.ingress.url).port);
  await using relay = await FaultProxy.listen(() => ingressPort);
  const api = new IngressApi(`http://127.0.0.1:${relay.port}`, bridge.publishToken);
  await using app = bridge.client('ada', timings(evidence));
  await using raw = await (await bridge.rawClient('ada')).connect();
  await using load = new SteadyLoad({
    users: ['ada'],
    ratePerUser: 50,
    publish: async (user, events, signal) => void (await api.publish(user, events, signal)),
  });

  let duplicates = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    await load.flows(20);
    const [id, source, type] = [`unanswered-${round}`, '/test', 'tick'];
    relay.blackhole('down');
    const answer = api.publish('ada', [{ id, source, type }]).then(
      () => 'came',
      () => 'was lost',
    );
    await raw.untilSeen(id);
    evidence.mark('ingress killed');
    await ingress.kill();
    relay.reset();
    expect(await answer).toBe('was lost');
    relay.restore();
    await ingress.start();
    const [receipt] = await api.publish('ada', [{ id, source, type }]);
    if (receipt?.duplicate === true) duplicates += 1;
  }
  evidence.promise({
    metric: 'Failover, ingress killed between commit and answer: repeated publishes recognised',
    requirement: 'every one',
    achieved: `${duplicates} of ${ROUNDS}`,
    holds: duplicates === ROUNDS,
  });
  conclude(
    evidence,
    'ingress killed between commit and answer',
    await judged(nats, load, [app, raw]),
    10_000,
  );
});
