import { expect, test } from 'vitest';
import { readSettings } from './settings.ts';

test('ports come from the environment, with the documented defaults', () => {
  // Goal: LONGSPAN_* variables move every port. Method: read with and without them.
  expect(readSettings({})).toMatchObject({
    ingressPort: 8080,
    edgePorts: [8081, 8082],
    natsPort: 4222,
    tracesPort: 8090,
  });
  const moved = {
    LONGSPAN_INGRESS_PORT: '9000',
    LONGSPAN_EDGE_PORTS: '9001, 9002,9003',
    LONGSPAN_NATS_PORT: '9004',
    LONGSPAN_TRACES_PORT: '9005',
  };
  expect(readSettings(moved)).toMatchObject({
    ingressPort: 9000,
    edgePorts: [9001, 9002, 9003],
    natsPort: 9004,
    tracesPort: 9005,
  });
});

test.each(['0', '65536', '80a', '-1', '', '1e3'])('the port %j is refused in one sentence', (value) => {
  // Goal: a typing mistake is named with variable, value and what is expected. Method: values that look like numbers.
  const read = () => readSettings({ LONGSPAN_NATS_PORT: value });
  expect(read).toThrow(`LONGSPAN_NATS_PORT=${value} is not a port: give a number from 1 to 65535.`);
});
