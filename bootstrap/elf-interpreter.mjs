import { closeSync, openSync, readSync } from 'node:fs';

const headerBytes = 4096;
const interpreterSegment = 3;

/**
 * What kind of program a file is: a Linux program with its loader's path, one that needs none (static), or no Linux program at all.
 * Reads 64-bit little-endian ELF headers, which all of Node's Linux platforms use (elf(5)).
 *
 * @param {string} path
 * @returns {{ kind: 'dynamic', loader: string } | { kind: 'static' } | { kind: 'foreign' }}
 */
export function inspectProgram(path) {
  const bytes = readStart(path);
  const isElf64 =
    bytes.length > 64 && bytes.readUInt32BE(0) === 0x7f_45_4c_46 && bytes[4] === 2 && bytes[5] === 1;
  if (!isElf64) return { kind: 'foreign' };
  const tableAt = Number(bytes.readBigUInt64LE(32));
  const entryBytes = bytes.readUInt16LE(54);
  const entries = bytes.readUInt16LE(56);
  for (let entry = 0; entry < entries; entry += 1) {
    const at = tableAt + entry * entryBytes;
    if (at + entryBytes > bytes.length) break;
    if (bytes.readUInt32LE(at) !== interpreterSegment) continue;
    const from = Number(bytes.readBigUInt64LE(at + 8));
    const length = Number(bytes.readBigUInt64LE(at + 32));
    return { kind: 'dynamic', loader: bytes.toString('latin1', from, from + length - 1) };
  }
  return { kind: 'static' };
}

function readStart(path) {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(headerBytes);
    return bytes.subarray(0, readSync(file, bytes, 0, headerBytes, 0));
  } finally {
    closeSync(file);
  }
}
