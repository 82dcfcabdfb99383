const FRAME_HEADER_BYTES = 8;
const FRAME_LENGTH_AT = 4;

/** The text of a container's log, which Docker sends in frames: eight bytes, of which the last four are the length, and then so many of the text. */
export function logText(log: Buffer): string {
  const parts: Buffer[] = [];
  for (let at = 0; at + FRAME_HEADER_BYTES <= log.length;) {
    const end = at + FRAME_HEADER_BYTES + log.readUInt32BE(at + FRAME_LENGTH_AT);
    parts.push(log.subarray(at + FRAME_HEADER_BYTES, end));
    at = end;
  }
  return Buffer.concat(parts).toString('utf8');
}
