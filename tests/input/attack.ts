import * as fc from 'fast-check';

const SHOWN_CHARS = 400;

export interface Attack<T> {
  readonly seed: number;
  readonly rounds: number;
  /** How many cases are tried side by side in a round. */
  readonly atOnce: number;
  readonly cases: fc.Arbitrary<T>;
  /** Tries one case; resolves to what is wrong with the answer, if anything is. */
  readonly attempt: (value: T) => Promise<string | undefined>;
  /** How a case is shown when its attempt has failed. */
  readonly show: (value: T) => string;
}

/** Tries `rounds` times `atOnce` cases; stops at the first that fails and says which one it was. */
export async function attack<T>({ seed, rounds, atOnce, cases, attempt, show }: Attack<T>): Promise<void> {
  const property = fc.asyncProperty(
    fc.array(cases, { minLength: atOnce, maxLength: atOnce, size: 'max' }),
    async (values) => {
      await Promise.all(
        values.map(async (value) => {
          const wrong = await attempt(value).catch(String);
          if (wrong !== undefined) throw new Error(`${wrong}: ${show(value).slice(0, SHOWN_CHARS)}`);
        }),
      );
    },
  );
  // A service that has been harmed fails every smaller case, too: there is nothing to be learnt from shrinking.
  const run = await fc.check(property, { seed, numRuns: rounds, endOnFailure: true });
  if (run.failed) throw new Error(`round ${run.numRuns} of seed ${seed}`, { cause: run.errorInstance });
}

/** Bytes for people: what is printable as it is, the rest as escapes. */
export function printable(bytes: Uint8Array): string {
  return JSON.stringify(Buffer.from(bytes).toString('latin1'));
}
