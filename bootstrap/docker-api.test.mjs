import { expect, test } from 'vitest';
import { engineAt, engineCandidates } from './docker-api.mjs';

test('DOCKER_HOST names the one engine to ask, in each of its forms', () => {
  // Goal: the same engine as the docker command uses. Method: one address of each kind.
  expect(engineAt('unix:///run/d.sock', {}).options).toEqual({ socketPath: '/run/d.sock' });
  expect(engineAt('npipe:////./pipe/docker_engine', {}).options).toEqual({
    socketPath: '\\\\.\\pipe\\docker_engine',
  });
  expect(engineAt('tcp://127.0.0.1:2375', {})).toMatchObject({
    options: { host: '127.0.0.1', port: '2375' },
    secure: false,
  });
  expect(engineAt('tcp://127.0.0.1', { DOCKER_TLS_VERIFY: '1' })).toMatchObject({
    options: { port: 2376 },
    secure: true,
  });
  expect(engineCandidates({ DOCKER_HOST: 'unix:///run/d.sock' })).toHaveLength(1);
});
