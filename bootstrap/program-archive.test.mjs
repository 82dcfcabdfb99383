import { expect, test } from 'vitest';
import { bestOffer } from './program-archive.mjs';

const stanza = (name, version) => `Package: ${name}\nVersion: ${version}\nArchitecture: amd64\n`;

test('the newest of the packages that an archive offers is chosen', () => {
  // Goal: 2.15 beats 2.9, wherever it stands. Method: stanzas of a Packages index.
  const versions = ['2.9.10-1+b2', '2.15.1-1', '2.10.22-1'];
  const stanzas = versions.map((version) => stanza('nats-server', version)).join('\n');
  expect(bestOffer(stanzas, ['nats-server'])).toEqual({ packageName: 'nats-server', version: '2.15.1-1' });
  expect(bestOffer('', ['nats-server'])).toBeUndefined();
});

test('a package that holds the program alone is preferred to one that once held it', () => {
  // Goal: programs that moved between packages are found in old suites and new. Method: both, then the old one alone.
  const both = [stanza('prometheus', '3.5.3+ds1-6'), stanza('promtool', '3.5.2')].join('\n');
  const packages = ['promtool', 'prometheus'];
  expect(bestOffer(both, packages)).toEqual({ packageName: 'promtool', version: '3.5.2' });
  expect(bestOffer(stanza('prometheus', '3.1.0'), packages)).toEqual({
    packageName: 'prometheus',
    version: '3.1.0',
  });
});
