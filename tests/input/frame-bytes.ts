import * as fc from 'fast-check';

/** One WebSocket frame as it is written to the wire (RFC 6455, 5.2), right or wrong in every part of its header. */
export interface FrameBytes {
  readonly fin: boolean;
  readonly reserved: number;
  readonly opcode: number;
  readonly masked: boolean;
  /** How many bytes the header says there are, besides those that there are. */
  readonly lie: number;
  readonly payload: Uint8Array;
}

const CONNECT = Buffer.from('{"type":"connect","token":"not.a.token"}');

/** Frames of which most have one thing wrong. */
export const frameBytes: fc.Arbitrary<FrameBytes> = fc.record({
  fin: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  reserved: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(7) }),
  opcode: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(0, 1, 1, 2, 8, 9, 10) },
    { weight: 1, arbitrary: fc.nat(15) },
  ),
  masked: fc.oneof({ weight: 6, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  lie: fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constantFrom(-1, 1, 100, 70_000, 2 ** 31, 2 ** 52) },
  ),
  payload: fc.oneof(
    fc.constant(CONNECT),
    // In a Close frame: 1000, a code of the sender's own, half a code, no code.
    fc
      .constantFrom([0x03, 0xe8], [0x0d, 0x02], [0x03], [0xff, 0xff, 0x41])
      .map((bytes) => Buffer.from(bytes)),
    fc.uint8Array({ maxLength: 140 }),
    fc.constant(Buffer.alloc(200_000, 'x')),
  ),
});

export function encode({ fin, reserved, opcode, masked, lie, payload }: FrameBytes): Buffer {
  const length = Math.max(0, payload.length + lie);
  const first = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  const mask = masked ? 0x80 : 0;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = first;
  if (length < 126) head[1] = mask | length;
  else if (length < 65_536) {
    head[1] = mask | 126;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = mask | 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  // A mask of zeroes leaves the payload as it is.
  return Buffer.concat([head, masked ? Buffer.alloc(4) : Buffer.alloc(0), payload]);
}

/**
 * Whether a Close frame with this code stands anywhere in the bytes, between frames or, where a length lies, within one:
 * who closes is answered with the code that it gave (RFC 6455, 5.5.1).
 */
export function asksToClose(bytes: Buffer, code: number): boolean {
  for (let at = 0; at + 8 <= bytes.length; at++) {
    if (bytes[at] !== 0x88 || (bytes[at + 1] ?? 0) <= 0x80) continue;
    const mask = bytes.readUInt16BE(at + 2);
    if ((bytes.readUInt16BE(at + 6) ^ mask) === code) return true;
  }
  return false;
}
