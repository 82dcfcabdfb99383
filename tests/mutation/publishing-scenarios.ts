import type { Published } from '@longspan/testkit';
import { Stage, type Scenario } from './stage.ts';

const BATCHES = 5;
const BATCH = 8;

/** A back end publishes batches by the ingress, each of them twice, as after a lost answer. */
export const repeatedPublishes: Scenario = async (sabotage) => {
  await using stage = await Stage.start({ sabotage, ingress: true });
  await using raw = await (await stage.bridge.rawClient('ada')).connect();
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const events = Array.from({ length: BATCH }, (_, i) => ({ id: `b-${batch}-${i}`, type: 'tick' }));
    await stage.bridge.ingress.publish('ada', events);
    await stage.bridge.ingress.publish('ada', events);
    stage.published.push(...events.map(({ id }) => publishedBy('back end', id, 'acknowledged')));
  }
  return await stage.judge([raw]);
};

/** The ingress is cut off from NATS, is asked to publish, and dies. */
export const ingressDiesUnheard: Scenario = async (sabotage) => {
  await using stage = await Stage.start({ sabotage, ingress: true, relayNats: true });
  await using raw = await (await stage.bridge.rawClient('ada')).connect();
  await stage.publish('ada', 3);
  stage.bridge.ingressNatsLink?.blackhole();
  const answer = stage.bridge.ingress.publish(
    'ada',
    [{ id: 'unheard', type: 'tick' }],
    AbortSignal.timeout(1_000),
  );
  const outcome = await answer.then(
    () => 'acknowledged' as const,
    () => 'indeterminate' as const,
  );
  await stage.bridge.service('ingress-0').kill();
  stage.published.push(publishedBy('back end', 'unheard', outcome));
  return await stage.judge([raw]);
};

function publishedBy(publisher: string, id: string, outcome: Published['outcome']): Published {
  return { publisher, user: 'ada', id, outcome };
}
