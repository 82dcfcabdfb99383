import { eventually, type ClientLog } from '@longspan/testkit';
import { Stage, type Judgement, type Scenario } from './stage.ts';

/** What a user may have in the stream, where expiry is to be seen. */
const FEW_EVENTS = 100;
const SYNC_OFTEN = { LONGSPAN_SYNC_INTERVAL_MS: '500' };
const LARGE_CHARS = 100_000;
const isLiveEvent = (subject: string): boolean => subject.startsWith('live.ev.');

/** Two users, each with a device by the library and one by the protocol, replay, follow, are cut off and resume. */
export const stream: Scenario = async (sabotage) => {
  await using stage = await Stage.start({ sabotage });
  const users = ['ada', 'bob'];
  for (const user of users) await stage.publish(user, 20);
  await using devices = new AsyncDisposableStack();
  const apps = users.map((user) => devices.use(stage.bridge.client(user)));
  const raws = [];
  for (const user of users) raws.push(devices.use(await stage.bridge.rawClient(user)).start());
  await Promise.all(raws.map((raw) => raw.until('caught up', () => raw.caughtUp)));
  for (let i = 0; i < 3; i += 1) {
    for (const user of users) await stage.publish(user, 5);
    for (const device of [...apps, ...raws]) device.cut();
    for (const user of users) await stage.publish(user, 5);
    await Promise.all(raws.map((raw) => raw.until('is back', () => raw.caughtUp)));
  }
  return await stage.judge([...apps, ...raws]);
};

/** A live message is lost on its way to the edge; an event follows it. */
export const holeInTheLivePath: Scenario = (sabotage) => lossOnTheLivePath(sabotage, true);

/** The last live message is lost on its way to the edge. */
export const lostTail: Scenario = (sabotage) => lossOnTheLivePath(sabotage, false);

const lossOnTheLivePath = async (
  ...[sabotage, goesOn]: [...Parameters<Scenario>, boolean]
): Promise<Judgement> => {
  await using stage = await Stage.start({ sabotage, relayNats: true, env: SYNC_OFTEN });
  const { natsLoss } = stage.bridge.edge(0);
  await using raw = await (await stage.bridge.rawClient('ada')).connect();
  await stage.publish('ada', 1);
  await raw.untilSeen('e-0');
  natsLoss.loseNext(1, isLiveEvent);
  await stage.publish('ada', 1);
  await eventually('a message is lost', () => natsLoss.lost === 1);
  if (goesOn) await stage.publish('ada', 1);
  return await stage.judge([raw]);
};

/** A device comes with a position of a stream that was deleted since. */
export const foreignPosition: Scenario = async (sabotage) => {
  await using stage = await Stage.start({ sabotage });
  await stage.publish('ada', 30);
  await using raw = (await stage.bridge.rawClient('ada', { from: '1abc-20' })).start();
  await raw.until('caught up', () => raw.caughtUp);
  // Whatever it is welcomed as: of this stream it has had nothing.
  return await stage.judge([], [{ ...raw.log, from: 0 }]);
};

/** A device is away for longer than its user's events are kept. */
export const longAbsence: Scenario = async (sabotage) => {
  await using stage = await Stage.start({ sabotage, eventsPerUser: FEW_EVENTS });
  await stage.publish('ada', 10);
  await using before = await (await stage.bridge.rawClient('ada')).connect();
  await before.untilSeen('e-9');
  const { position } = before;
  await before[Symbol.asyncDispose]();
  await stage.publish('ada', 2 * FEW_EVENTS);
  await using after = (await stage.bridge.rawClient('ada', { from: position })).start();
  await after.untilSeen(`e-${2 * FEW_EVENTS + 9}`);
  const log: ClientLog = { ...before.log, seen: [...before.seen, ...after.seen] };
  return await stage.judge([], [log]);
};

/**
 * A reader stops while more passes than sockets hold, and than the stream keeps; then it reads on. What it has not read
 * nobody has kept for it: it must be told a gap. Without one, the edge held it all.
 */
export const stoppedReader: Scenario = async (sabotage) => {
  const env = { LONGSPAN_OUTBOX_BYTES_MAX: String(512 * 1024) };
  await using stage = await Stage.start({ sabotage, eventsPerUser: FEW_EVENTS, env });
  await using reader = await (await stage.bridge.rawClient('ada')).connect();
  await using witness = await (await stage.bridge.rawClient('ada', { name: 'witness' })).connect();
  reader.pause();
  for (let i = 0; i < 10; i += 1) await stage.publish('ada', 40, LARGE_CHARS);
  await witness.untilSeen('e-399');
  reader.resume();
  const { faults, ...rest } = await stage.judge([reader, witness]);
  const keptAll = reader.seen.every(({ kind }) => kind === 'event');
  return { ...rest, faults: keptAll ? [...faults, 'unbounded'] : faults };
};
