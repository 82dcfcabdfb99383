import { SignJWT } from 'jose';
import { Stage, type Scenario } from './stage.ts';

/** Two users whose names differ in case only. */
export const namesakes: Scenario = async (sabotage) => {
  await using stage = await Stage.start({ sabotage });
  await using upper = (await stage.bridge.rawClient('Ada')).start();
  await using lower = await (await stage.bridge.rawClient('ada')).connect();
  await stage.publish('Ada', 5);
  await stage.publish('ada', 5);
  return await stage.judge([upper, lower]);
};

/** Somebody comes with a token for a user that he has signed himself. */
export const forgedToken: Scenario = async (sabotage) => {
  await using stage = await Stage.start({ sabotage });
  await stage.publish('ada', 5);
  const key = new TextEncoder().encode('a secret that somebody has thought out');
  const claims = new SignJWT().setProtectedHeader({ alg: 'HS256' }).setSubject('ada').setExpirationTime('1h');
  const token = await claims.sign(key);
  await using ada = await (await stage.bridge.rawClient('ada')).connect();
  await using mallory = (await stage.bridge.rawClient('ada', { token })).start();
  await mallory.until('is let in or turned away', () => mallory.caughtUp || mallory.closes.length > 0);
  return await stage.judge([ada], [{ ...mallory.log, client: 'mallory', user: 'mallory' }]);
};
