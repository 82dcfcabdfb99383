import { expect, test } from 'vitest';
import { mainArchive, parseDeb822Sources, parseSourcesList } from './apt-sources.mjs';
import { parseOsRelease } from './linux-distribution.mjs';

const deb822 = `Types: deb
# a comment
URIs: http://archive.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://archive.example/debian-security
Suites: bookworm-security
Components: main

Enabled: no
Types: deb
URIs: http://archive.example/off
Suites: bookworm
Components: main

Types: deb-src
URIs: http://archive.example/source
Suites: bookworm
Components: main
`;

test('the distribution’s own archive is found among deb822 sources, with its keyring', () => {
  // Goal: security, disabled, source-only and third-party entries are passed over. Method: a file with one of each.
  const thirdParty = parseDeb822Sources(
    'Types: deb\nURIs: http://other.example\nSuites: stable\nComponents: contrib\n',
  );
  const found = mainArchive([...thirdParty, ...parseDeb822Sources(deb822)], {
    family: 'debian',
    codename: 'bookworm',
  });
  expect(found).toEqual({
    uri: 'http://archive.example/debian',
    suite: 'bookworm',
    components: ['main'],
    options: '[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]',
  });
});

test('one-line sources are read with and without options', () => {
  // Goal: the older style of /etc/apt/sources.list works as well. Method: entries as Ubuntu and Debian write them.
  const text = `
# deb http://commented.example/ubuntu noble main
deb [arch=amd64 signed-by=/k.gpg] http://archive.example/ubuntu noble main restricted universe # primary
deb-src http://archive.example/ubuntu noble main
deb cdrom:[Debian] bookworm main
`;
  const sources = parseSourcesList(text);
  expect(mainArchive(sources, { family: 'ubuntu', codename: 'noble' })).toEqual({
    uri: 'http://archive.example/ubuntu',
    suite: 'noble',
    components: ['main', 'restricted', 'universe'],
    options: '[arch=amd64 signed-by=/k.gpg]',
  });
  expect(mainArchive(sources, { family: 'ubuntu', codename: 'plucky' })).toBeUndefined();
});

test('derived distributions count as what they are derived from', () => {
  // Goal: Mint is treated as Ubuntu, by Ubuntu's codename. Method: os-release texts.
  const mint = 'ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_CODENAME=wilma\nUBUNTU_CODENAME=noble\n';
  expect(parseOsRelease(mint)).toEqual({ id: 'linuxmint', family: 'ubuntu', codename: 'noble' });
  expect(parseOsRelease('ID=debian\nVERSION_CODENAME=bookworm\n')).toMatchObject({ family: 'debian' });
  expect(parseOsRelease("ID='alpine'\n")).toEqual({ id: 'alpine', family: undefined, codename: undefined });
});
