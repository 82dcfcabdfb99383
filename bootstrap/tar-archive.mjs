const blockBytes = 512;
const nameBytes = 100;
const prefixBytes = 155;

/**
 * A tar archive (POSIX ustar) of files and empty folders, owned by root, with a fixed time: equal contents give equal bytes.
 *
 * @param {readonly { path: string, mode: number, bytes?: Buffer }[]} entries an entry without bytes is a folder
 * @returns {Buffer}
 */
export function tarArchive(entries) {
  const blocks = [];
  for (const { path, mode, bytes } of entries) {
    blocks.push(header(path, mode, bytes));
    if (bytes === undefined) continue;
    blocks.push(bytes, Buffer.alloc((blockBytes - (bytes.length % blockBytes)) % blockBytes));
  }
  blocks.push(Buffer.alloc(2 * blockBytes));
  return Buffer.concat(blocks);
}

function header(path, mode, bytes) {
  const [prefix, name] = split(path.replace(/^\/+/u, '') + (bytes === undefined ? '/' : ''));
  const block = Buffer.alloc(blockBytes);
  block.write(name, 0);
  block.write(prefix, 345);
  block.write(octal(mode, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(bytes?.length ?? 0, 11), 124);
  block.write(octal(0, 11), 136);
  block.write(' '.repeat(8), 148);
  block.write(bytes === undefined ? '5' : '0', 156);
  block.write('ustar\u000000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\u0000 `, 148);
  return block;
}

/** A name of more than 100 bytes goes into two fields, which a slash between them joins. */
function split(path) {
  if (Buffer.byteLength(path) <= nameBytes) return ['', path];
  for (let at = path.indexOf('/'); at > 0 && at < path.length - 1; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (Buffer.byteLength(prefix) <= prefixBytes && Buffer.byteLength(name) <= nameBytes)
      return [prefix, name];
  }
  throw new RangeError(`a tar archive's plain header cannot hold ${path}`);
}

function octal(value, digits) {
  return value.toString(8).padStart(digits, '0');
}
