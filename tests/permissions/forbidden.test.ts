import { startNats, type NatsCluster } from '@longspan/testkit';
import { connect, errors, headers, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accountsConf, connectAs, makeStreams, ROLES, type Role } from './roles.ts';

/*
 * What deploy/nats/accounts.conf forbids, tried on a real server with that file: each act is done by a plain connection
 * of the role, and the server's own answer to it counts.
 */

/** Nobody may do these: they would forge what the server says, or take away what is kept. */
const FOR_NOBODY = [
  'publish live.ev.0.ada',
  'publish live.sync.0.barrier.x',
  'publish $JS.API.STREAM.DELETE.LONGSPAN_EVENTS_0',
  'publish $JS.API.STREAM.PURGE.LONGSPAN_EVENTS_0',
  'publish $JS.API.STREAM.MSG.DELETE.LONGSPAN_EVENTS_0',
  'publish $JS.API.STREAM.SNAPSHOT.LONGSPAN_EVENTS_0',
  'publish $JS.API.STREAM.RESTORE.LONGSPAN_EVENTS_0',
  'publish $JS.API.STREAM.LEADER.STEPDOWN.LONGSPAN_EVENTS_0',
  'publish $JS.API.CONSUMER.CREATE.LONGSPAN_EVENTS_0.mine.ev.0.ada',
  'publish $JS.API.CONSUMER.DELETE.LONGSPAN_COMMANDS.agents',
  'publish $JS.API.CONSUMER.DURABLE.CREATE.LONGSPAN_COMMANDS.agents',
  'publish _INBOX.somebody',
  'subscribe >',
  'subscribe _INBOX.>',
  'subscribe $JS.API.>',
  'subscribe $JS.ACK.>',
  'subscribe $SYS.>',
  'publish $SYS.REQ.SERVER.PING',
] as const;

const NO_STREAM_MAKING = [
  'publish $JS.API.STREAM.CREATE.LONGSPAN_EVENTS_0',
  'publish $JS.API.STREAM.UPDATE.LONGSPAN_EVENTS_0',
] as const;
const NO_AGENT = [
  'publish $JS.API.CONSUMER.MSG.NEXT.LONGSPAN_COMMANDS.agents',
  'publish $JS.ACK.LONGSPAN_COMMANDS.agents.1.1.1.1.0',
  'publish dead.cmd.ada',
  'publish ctl.stop.run',
  'subscribe ctl.stop.*',
  'subscribe cmd.>',
  'subscribe _INBOX_agent.>',
] as const;

const FORBIDDEN: Readonly<Partial<Record<Role, readonly string[]>>> = {
  edge: [
    ...FOR_NOBODY,
    ...NO_STREAM_MAKING,
    ...NO_AGENT,
    'publish ev.0.ada',
    'publish ctl.end.ada',
    'publish status.ingress.x',
    'publish _INBOX_agent.x',
    'subscribe ev.>',
    'subscribe sync.>',
    'subscribe status.*.*',
    'subscribe longspan.trace',
    'subscribe _INBOX_ingress.>',
  ],
  ingress: [
    ...FOR_NOBODY,
    ...NO_STREAM_MAKING,
    ...NO_AGENT,
    'publish cmd.ada',
    'publish status.edge.x',
    'subscribe live.ev.0.ada',
    'subscribe ev.>',
    'subscribe longspan.trace',
    'subscribe _INBOX_edge.>',
  ],
  agent: [
    ...FOR_NOBODY,
    ...NO_STREAM_MAKING,
    'publish cmd.ada',
    'publish ctl.end.ada',
    'publish status.edge.x',
    'publish _INBOX_agent.x',
    'subscribe ctl.end.*',
    'subscribe cmd.>',
    'subscribe ev.>',
    'subscribe longspan.trace',
    'subscribe _INBOX_edge.>',
  ],
  'hop-tracer': [
    ...FOR_NOBODY,
    ...NO_STREAM_MAKING,
    ...NO_AGENT,
    'publish ev.0.ada',
    'publish cmd.ada',
    'publish sync.0.age',
    'publish longspan.trace',
    'publish $JS.API.DIRECT.GET.LONGSPAN_EVENTS_0',
    'publish $JS.API.STREAM.INFO.LONGSPAN_EVENTS_0',
    'subscribe live.>',
    'subscribe ev.>',
    'subscribe status.*.*',
  ],
  topology: [
    ...FOR_NOBODY,
    ...NO_AGENT,
    'publish ev.0.ada',
    'publish cmd.ada',
    'publish sync.0.barrier.x',
    'publish ctl.end.ada',
    'publish $JS.API.DIRECT.GET.LONGSPAN_EVENTS_0',
    'subscribe live.>',
    'subscribe ev.>',
    'subscribe longspan.trace',
  ],
};

let nats: NatsCluster;

beforeAll(async () => {
  nats = await startNats({ nodes: 1, config: accountsConf() });
  await makeStreams(nats);
});
afterAll(async () => {
  await nats?.[Symbol.asyncDispose]();
});

describe.each(Object.entries(FORBIDDEN))('%s', (role, acts) => {
  test.each(acts)('may not %s', async (act) => {
    // Goal: least privilege. Method: try it, and have the server say no.
    await using nc = await connectAs(nats, role as Role);
    expect(await tryTo(nc, act)).toBe('denied');
  });
});

test('what is tried here is refused for lack of permission, and not for something else', async () => {
  // Goal: the table above can fail. Method: the same acts as the operator, who may do everything in the account.
  for (const act of ['publish live.ev.0.ada', 'subscribe $JS.API.>', 'publish dead.cmd.ada']) {
    await using nc = await connectAs(nats, 'operator');
    expect(await tryTo(nc, act)).toBe('done');
  }
});

test('the system user sees no events', async () => {
  // Goal: whoever watches the servers does not read along. Method: ask for a stream, and listen while somebody publishes.
  await using system = await connectAs(nats, 'system');
  const info = await system.request('$JS.API.STREAM.INFO.LONGSPAN_EVENTS_0');
  expect(info.json()).toMatchObject({ error: { code: 503 } });
  const overheard: string[] = [];
  system.subscribe('>', {
    callback: (_, { subject }) => {
      if (!subject.startsWith('$SYS.')) overheard.push(subject);
    },
  });
  await system.flush();
  await using publisher = await connectAs(nats, 'ingress');
  await publisher.request('ev.0.ada', '{}');
  await system.flush();
  expect(overheard).toEqual([]);
});

test('without a password, or with another role’s, nobody gets in', async () => {
  // Goal: users are told apart. Method: a role with the password of another, and none at all.
  for (const role of ROLES) {
    const other = { user: role, pass: `p${ROLES.find((name) => name !== role)}x` };
    await expect(connectWith(nats, other)).rejects.toThrow(errors.AuthorizationError);
  }
  await expect(connectWith(nats, {})).rejects.toThrow(errors.AuthorizationError);
});

test('a sampled message of every publisher tells its hops to the hop tracer', async () => {
  // Goal: traces need no permission that is missing. Method: each publishes with a sampled traceparent where it may.
  await using tracer = await connectAs(nats, 'hop-tracer');
  const subjects: string[] = [];
  const hops = tracer.subscribe('longspan.trace', { max: 3 });
  await tracer.flush();
  const traced = headers();
  traced.set('traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01');
  for (const [role, subject] of [
    ['edge', 'cmd.ada'],
    ['ingress', 'ev.0.ada'],
    ['agent', 'ev.0.bob'],
  ] as const) {
    await using nc = await connectAs(nats, role);
    await nc.request(subject, '{}', { headers: traced, timeout: 5_000 });
  }
  for await (const hop of hops) {
    const { events } = hop.json<{ events: { type: string; subj?: string }[] }>();
    subjects.push(events.find(({ type }) => type === 'in')?.subj ?? 'nothing');
  }
  expect(subjects.toSorted()).toEqual(['cmd.ada', 'ev.0.ada', 'ev.0.bob']);
});

/** Does `publish <subject>` or `subscribe <subject>`; says what the server made of it. */
async function tryTo(nc: NatsConnection, act: string): Promise<'denied' | 'done'> {
  const [verb, subject = ''] = act.split(' ');
  const violated = new Set<string>();
  const watching = watchViolations(nc, violated);
  if (verb === 'publish') nc.publish(subject, 'x');
  else nc.subscribe(subject, { callback: () => undefined });
  // The server answers in order: what it has to say about the act comes before the pong.
  await nc.flush();
  await nc.close();
  await watching;
  return violated.has(subject) ? 'denied' : 'done';
}

async function watchViolations(nc: NatsConnection, violated: Set<string>): Promise<void> {
  for await (const status of nc.status()) {
    if (status.type !== 'error' || !(status.error instanceof errors.PermissionViolationError)) continue;
    violated.add(status.error.subject);
  }
}

async function connectWith(
  cluster: NatsCluster,
  options: { readonly user?: string; readonly pass?: string },
): Promise<NatsConnection> {
  return connect({ servers: [...cluster.urls], reconnect: false, ...options });
}
