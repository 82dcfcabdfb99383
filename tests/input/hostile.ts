import * as fc from 'fast-check';

type Json = Readonly<Record<string, unknown>>;

/** Bits of text that parsers, templates and subjects have stumbled over. */
const TOKENS = [
  '"__proto__":{"type":"pong","polluted":true},',
  '"constructor":{"prototype":{"polluted":true}},',
  '"type":"pong",',
  '1e999',
  '-0',
  '9007199254740993',
  '123456789012345678901234567890.5',
  '\\u0000',
  '\\ud800',
  '\u{d800}',
  '\u{feff}',
  '\u{2028}',
  '\r\n',
  '[[[[[[[[',
  '{"a":',
  'null',
  'NaN',
  '"',
  '\\',
  ',',
  '}',
  '../',
  '%00',
  '*',
  '>',
  '.',
];

/** Values that belong into no field of any frame, or into few. */
const ODD_VALUES: readonly unknown[] = [
  undefined,
  null,
  true,
  0,
  -1,
  1.5,
  -0,
  2 ** 53,
  -(2 ** 53),
  1e308,
  '',
  ' ',
  '\u0000',
  '\u{d800}',
  '\u{10ffff}',
  'latest',
  'e-0',
  'e-00',
  'e-9007199254740993',
  '__proto__',
  'x'.repeat(300),
  'x'.repeat(70_000),
  [],
  [[]],
  {},
  { toString: 1 },
  { type: 'events' },
];

/** Any text: code units without regard to pairs, code points, or what looks like JSON. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 })
    .map((units) => String.fromCharCode(...units)),
  fc.json({ maxDepth: 6 }),
);

/** JSON that nests so deeply that whoever walks it by recursion falls. */
const deepText = fc
  .record({ depth: fc.constantFrom(50, 101, 5_000, 60_000), object: fc.boolean(), within: fc.boolean() })
  .map(({ depth, object, within }) => {
    const deep = object
      ? `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
      : `${'['.repeat(depth)}${']'.repeat(depth)}`;
    return within
      ? `{"type":"send","id":"deep","specversion":"1.0","source":"/d","event":{"type":"t","data":${deep}},"data":${deep}}`
      : deep;
  });

/** Numbers that pick what is done to a text, and where; so that it can be shrunk and repeated. */
const cut = fc.record({
  how: fc.constantFrom('flip', 'remove', 'double', 'insert', 'truncate', 'field'),
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  length: fc.integer({ min: 1, max: 40 }),
  token: fc.constantFrom(...TOKENS),
});
type Cut = typeof cut extends fc.Arbitrary<infer T> ? T : never;

function mutated(text: string, { how, at, length, token }: Cut): string {
  const index = Math.floor(at * (text.length + 1));
  const [before, after] = [text.slice(0, index), text.slice(index)];
  switch (how) {
    case 'flip':
      return before + String.fromCharCode((after.charCodeAt(0) || 0) ^ (1 << (length % 8))) + after.slice(1);
    case 'remove':
      return before + after.slice(length);
    case 'double':
      return before + after.slice(0, length) + after;
    case 'insert':
      return before + token + after;
    case 'truncate':
      return before;
    case 'field':
      return text.replace('{', `{${token.endsWith(',') ? token : `"${length}":1,`}`);
    default:
      return text;
  }
}

/** A valid object with one of its fields, at any depth, made odd, removed or joined by another. */
function oddly(seed: Json, pick: number, odd: unknown, how: 'replace' | 'remove' | 'add'): Json {
  const keys = Object.keys(seed);
  const key = keys[pick % Math.max(1, keys.length)];
  if (key === undefined) return seed;
  const value = seed[key];
  if (isJson(value) && pick % 3 !== 0) return { ...seed, [key]: oddly(value, pick >> 2, odd, how) };
  if (how === 'add') return { ...seed, [JSON.stringify(odd)?.slice(0, 30) ?? '']: odd };
  return Object.fromEntries(
    Object.entries(seed).flatMap(([name, own]) => {
      if (name !== key) return [[name, own] as const];
      return how === 'remove' ? [] : [[name, odd] as const];
    }),
  );
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Texts around valid objects: as they are, with odd fields, with broken text, or something else altogether. */
export function hostileText(valid: readonly Json[]): fc.Arbitrary<string> {
  const seed = fc.constantFrom(...valid);
  const odd = fc
    .tuple(
      seed,
      fc.nat(10_000),
      fc.oneof(fc.constantFrom(...ODD_VALUES), fc.jsonValue({ maxDepth: 3 })),
      fc.constantFrom('replace', 'remove', 'add'),
    )
    .map(([frame, pick, value, how]) => JSON.stringify(oddly(frame, pick, value, how)));
  const broken = fc
    .tuple(
      seed.map((frame) => JSON.stringify(frame)),
      fc.array(cut, { minLength: 1, maxLength: 3 }),
    )
    .map(([text, cuts]) => cuts.reduce(mutated, text));
  return fc.oneof(
    { weight: 6, arbitrary: odd },
    { weight: 8, arbitrary: broken },
    { weight: 2, arbitrary: seed.map((frame) => JSON.stringify(frame)) },
    { weight: 3, arbitrary: anyText },
    { weight: 1, arbitrary: deepText },
  );
}

/** The same as bytes; some of them no UTF-8. */
export function hostileBytes(valid: readonly Json[]): fc.Arbitrary<Uint8Array<ArrayBuffer>> {
  const text = hostileText(valid).map((text) => Buffer.from(text, 'utf8'));
  const flipped = fc.tuple(text, fc.nat(), fc.integer({ min: 0x80, max: 0xff })).map(([bytes, at, byte]) => {
    if (bytes.length > 0) bytes[at % bytes.length] = byte;
    return bytes;
  });
  return fc.oneof(
    { weight: 6, arbitrary: text },
    { weight: 2, arbitrary: flipped },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
  );
}
