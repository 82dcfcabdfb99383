import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ClientLog, Published, Seen } from '../audit/logs.ts';
import { packClient, packPublished, unpackClient, unpackPublished } from './log-parcel.ts';

/** As ids of events may be: texts without control characters. */
const id = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/\p{Cc}/u.test(text));
const seq = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const seen: fc.Arbitrary<Seen> = fc.oneof(
  fc.record({ kind: fc.constant('event' as const), seq, id }),
  fc.record({ kind: fc.constant('gap' as const), from: seq, to: seq, reason: fc.constant('expired') }),
);

test('a client log comes out of its parcel as it went in, as often as it is read', () => {
  // Goal: no verdict can be an artefact of how logs travel. Method: random logs, through a structured clone, read twice.
  fc.assert(
    fc.property(fc.array(seen), id, seq, (entries, user, from) => {
      const log: ClientLog = { client: 'c', user, from, seen: entries };
      const back = unpackClient(structuredClone(packClient(log)));
      expect([...back.seen]).toEqual(entries);
      expect({ ...back, seen: [...back.seen] }).toEqual(log);
    }),
  );
});

test('publishers come out of their parcels with every event in its place', () => {
  // Goal and method as above, for what was published.
  const outcome = fc.constantFrom('acknowledged' as const, 'refused' as const, 'indeterminate' as const);
  const events = fc.array(fc.record({ publisher: fc.constant('p'), user: id, id, outcome }));
  fc.assert(
    fc.property(events, events, (one, two) => {
      const parcels = [packPublished('p', one), packPublished('p', two)];
      const expected: readonly Published[] = [...one, ...two];
      expect([...unpackPublished(structuredClone(parcels))]).toEqual(expected);
    }),
  );
});
