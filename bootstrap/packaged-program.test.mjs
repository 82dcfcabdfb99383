import { expect, test } from 'vitest';
import { plannedPackages } from './packaged-program.mjs';

test('the packages of a simulated install are read with their versions', () => {
  // Goal: exactly what is missing is fetched, in the version that apt chose. Method: a plan as apt-get printed it.
  const plan = [
    'The following NEW packages will be installed:',
    '  haproxy liblua5.3-0',
    'Inst liblua5.3-0 (5.3.6-2 Debian:12.0/stable [amd64])',
    'Inst libssl3 [3.0.1-1] (3.0.20-1 Debian:12.0/stable [amd64])',
    'Inst haproxy (2.6.12-1+deb12u4 Debian:12.0/stable [amd64])',
    'Conf liblua5.3-0 (5.3.6-2 Debian:12.0/stable [amd64])',
  ];
  expect(plannedPackages(plan.join('\n'))).toEqual([
    'liblua5.3-0=5.3.6-2',
    'libssl3=3.0.20-1',
    'haproxy=2.6.12-1+deb12u4',
  ]);
});
