/** What is read of a V8 CPU profile (`.cpuprofile`). */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** The node in which each sample was taken, and the microseconds since the sample before. */
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    readonly lineNumber: number;
  };
  readonly children?: readonly number[];
}

/** A function as it was called from the one above it. */
export interface Frame {
  readonly name: string;
  /** Where it is written, in this repository as a path from its root; empty for what is V8's or the system's. */
  readonly url: string;
  /** Microseconds in it and in what it called. */
  readonly totalMicros: number;
  /** The largest first. */
  readonly calls: readonly Frame[];
}

/** V8's names for time in which the program had nothing to do. */
const RESTING = new Set(['(idle)', '(program)']);
const REPOSITORY = new URL('../../../', import.meta.url).href;
/** Where Node loads a program's modules: the beginning of every process, and nobody's question. */
const LOADING = 'node:internal/modules/';

/**
 * The tree of calls of a profile, without the time in which the process rested or loaded its modules. Calls of one function by one
 * other are one.
 */
export function callTree({ nodes, samples, timeDeltas }: CpuProfile): Frame {
  const selfMicros = new Map<number, number>();
  for (const [i, id] of samples.entries()) {
    // A delta is the time that the node of the sample before it took.
    const micros = Math.max(0, timeDeltas[i + 1] ?? 0);
    selfMicros.set(id, (selfMicros.get(id) ?? 0) + micros);
  }
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const [root] = nodes;
  if (root === undefined) throw new Error('a CPU profile without nodes');

  const frameOf = (merged: readonly ProfileNode[]): Frame => {
    const [{ callFrame }] = merged as [ProfileNode];
    const children = merged
      .flatMap((node) => node.children ?? [])
      .map((id) => byId.get(id))
      .filter((node) => node !== undefined)
      .filter(
        ({ callFrame: { functionName, url } }) => !RESTING.has(functionName) && !url.startsWith(LOADING),
      );
    const calls = [...Map.groupBy(children, keyOf).values()]
      .map((same) => frameOf(same))
      .filter(({ totalMicros }) => totalMicros > 0)
      .toSorted((a, b) => b.totalMicros - a.totalMicros);
    const own = merged.reduce((sum, { id }) => sum + (selfMicros.get(id) ?? 0), 0);
    return {
      name: callFrame.functionName === '' ? '(anonymous)' : callFrame.functionName,
      url: callFrame.url === '' ? '' : placeOf(callFrame),
      totalMicros: calls.reduce((sum, { totalMicros }) => sum + totalMicros, own),
      calls,
    };
  };
  return frameOf([root]);
}

function placeOf({ url, lineNumber }: ProfileNode['callFrame']): string {
  return `${url.replace(REPOSITORY, '')}:${lineNumber + 1}`;
}

function keyOf({ callFrame: { functionName, url, lineNumber } }: ProfileNode): string {
  return `${functionName}\n${url}\n${lineNumber}`;
}
