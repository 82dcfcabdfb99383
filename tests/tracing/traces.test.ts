import { afterAll, beforeAll, expect, test } from 'vitest';
import { newCaller, TracedSystem } from './stage.ts';

const owned = new AsyncDisposableStack();
let system: TracedSystem;

beforeAll(async () => {
  system = owned.use(await TracedSystem.start());
});
afterAll(async () => {
  await owned.disposeAsync();
});

const SEND = 'send ev.{shard}.{user}';
const DELIVER = 'deliver ev.{shard}.{user}';
const POST = 'POST /v1/users/{user}/events';

test('a published event is one trace: the request, the publish, each server, the commit, each device', async () => {
  // Goal: whoever looks at the trace of an event sees its whole way.
  // Method: a caller's own trace context over HTTP; two devices at two edges; the chain by ids.
  await using phone = system.bridge.client('ada', { startAt: 0 });
  await using laptop = system.bridge.client('ada', { startAt: 1 });
  await Promise.all([phone.untilLive(), laptop.untilLive()]);
  const caller = newCaller();
  await system.publish('ada', { id: 'one', type: 'noted' }, caller.traceparent);
  await Promise.all([phone.untilSeen('one'), laptop.untilSeen('one')]);

  const trace = await system.traceOf(
    caller,
    (spans) => spans.count(DELIVER) === 2 && spans.count('nats commit LONGSPAN_EVENTS_0') === 1,
  );
  expect(trace.outline(caller)).toEqual([
    POST,
    `  ${SEND}`,
    `    ${DELIVER}`,
    `    ${DELIVER}`,
    '    nats n0',
    '      nats egress',
    '      nats n1',
    '        nats commit LONGSPAN_EVENTS_0',
  ]);
});
