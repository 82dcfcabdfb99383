/** One place of a source file that a sabotage changes. */
export interface Edit {
  /** From the root of the repository: `libs/delivery/src/session.ts`. */
  readonly file: string;
  /** What stands there, exactly once in the file. */
  readonly find: string;
  /** What stands there instead. */
  readonly put: string;
}

/** A build of the product with one defect, made while it is loaded. */
export interface Sabotage {
  /** The defect, in words that complete `a build that ...`. */
  readonly does: string;
  /** The guarantee that it breaks (PROTOCOL.md). */
  readonly breaks: string;
  readonly edits: readonly Edit[];
}

/** The source is not any more what a sabotage was written for: it proves nothing until it is written anew. */
export class NoLongerApplies extends Error {
  override readonly name = 'NoLongerApplies';

  constructor(file: string, find: string, times: number) {
    super(`${file} has ${times} times, not once:\n${find}`);
  }
}

/** The source of `path` with the edits that are for it. Throws `NoLongerApplies`. */
export function sabotaged(edits: readonly Edit[], path: string, source: string): string {
  let text = source;
  for (const { file, find, put } of edits) {
    if (!path.endsWith(`/${file}`)) continue;
    const times = text.split(find).length - 1;
    if (times !== 1) throw new NoLongerApplies(file, find, times);
    text = text.replace(find, () => put);
  }
  return text;
}
